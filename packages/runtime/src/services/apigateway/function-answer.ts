import { isRecord } from '@order-workflow/states-language';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { GatewayError } from './gateway-error.ts';

/** What goes back to the client. Repeated names (set-cookie) stand as several pairs. */
export interface GatewayAnswer {
  readonly statusCode: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** These describe the connection; a function cannot set them. */
const RESERVED_HEADERS = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);

/**
 * Reads a function's result as payload format 2.0 does: an object with `statusCode` is the response itself; anything
 * else is the body of a 200 answer in JSON.
 * @throws GatewayError 500 for a response that cannot be sent.
 */
export function answerOf(payload: string): GatewayAnswer {
  const result = parseResult(payload);
  if (isRecord(result) && 'statusCode' in result) return structuredAnswer(result);
  const body = typeof result === 'string' ? result : payload;
  return { statusCode: 200, headers: [['content-type', 'application/json']], body: Buffer.from(body) };
}

function structuredAnswer(result: Record<string, unknown>): GatewayAnswer {
  const statusCode = Number(result['statusCode']);
  if (!Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599) throw malformed('statusCode');
  const { body = '', isBase64Encoded, headers = {}, cookies = [] } = result;
  if (body !== null && typeof body !== 'string') throw malformed('body');
  if (headers !== null && !isRecord(headers)) throw malformed('headers');
  if (cookies !== null && !Array.isArray(cookies)) throw malformed('cookies');
  const bytes = Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8');
  const pairs = headerPairs(headers ?? {});
  if (bytes.length > 0 && !pairs.some(([name]) => name === 'content-type')) {
    pairs.push(['content-type', 'text/plain;charset=UTF-8']);
  }
  for (const cookie of cookies ?? []) pairs.push(checkedHeader('set-cookie', String(cookie)));
  return { statusCode, headers: pairs, body: bytes };
}

function headerPairs(headers: Record<string, unknown>): [string, string][] {
  return Object.entries(headers)
    .filter(([name]) => !RESERVED_HEADERS.has(name.toLowerCase()))
    .map(([name, value]) => checkedHeader(name.toLowerCase(), String(value)));
}

function checkedHeader(name: string, value: string): [string, string] {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch (error) {
    throw malformed(`header (${(error as NodeJS.ErrnoException).code})`);
  }
  return [name, value];
}

function parseResult(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed('JSON');
    throw error;
  }
}

function malformed(what: string): GatewayError {
  return new GatewayError(500, { detail: `The function's response has a malformed ${what}.` });
}
