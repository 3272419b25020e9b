import type { IncomingMessage } from 'node:http';
import { GatewayError } from './gateway-error.ts';

/** A request after the limits that API Gateway checks before it looks at routes. */
export interface HttpRequest {
  readonly method: string;
  /** Without the query, still URL-encoded. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly rawQueryString: string;
  /** Lower-case names; values of repeated headers joined with commas. Without `cookie`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly protocol: string;
  readonly sourceIp: string;
}

/** Request line and header values together (quota "Total combined size of request line and header values"). */
const MAX_HEAD_BYTES = 10_240;
/** The quota above bounds the URL; longer ones are told apart from large headers. */
const MAX_TARGET_BYTES = 8_191;
const METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/** Hop-by-hop headers say something about this connection, not to the integration. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** @throws GatewayError 400, 405, 414, 431. */
export function parseRequest(message: IncomingMessage): HttpRequest {
  const { method = 'GET', url = '/' } = message;
  checkHeadSize(message, method, url);
  if (!METHODS.has(method)) throw methodNotAllowed();
  const target = targetOf(url);
  const { headers, cookies } = collectHeaders(message.rawHeaders);
  return {
    method,
    ...target,
    headers,
    cookies,
    protocol: `HTTP/${message.httpVersion}`,
    sourceIp: (message.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
  };
}

export function methodNotAllowed(): GatewayError {
  return new GatewayError(405, { headers: { allow: [...METHODS].join(', ') } });
}

function checkHeadSize(message: IncomingMessage, method: string, url: string): void {
  if (Buffer.byteLength(url) > MAX_TARGET_BYTES) throw new GatewayError(414);
  let bytes = method.length + Buffer.byteLength(url) + ' HTTP/1.1'.length + 1;
  for (let index = 1; index < message.rawHeaders.length; index += 2) bytes += message.rawHeaders[index]?.length ?? 0;
  if (bytes > MAX_HEAD_BYTES) throw new GatewayError(431);
}

/** Also takes the absolute form that proxies send. @throws GatewayError 400. */
function targetOf(url: string): { path: string; rawQueryString: string } {
  const target = /^https?:\/\/[^/?#]*(.*)$/i.exec(url)?.[1] ?? url;
  const question = target.indexOf('?');
  const path = question === -1 ? target : target.slice(0, question);
  if (path !== '' && !path.startsWith('/')) throw new GatewayError(400);
  return { path: path || '/', rawQueryString: question === -1 ? '' : target.slice(question + 1) };
}

function collectHeaders(raw: readonly string[]): { headers: Record<string, string>; cookies: string[] } {
  // Header names come from outside: without a prototype, `__proto__` is a name like any other.
  const headers = Object.create(null) as Record<string, string>;
  const cookies: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    const value = raw[index + 1] ?? '';
    if (CONNECTION_HEADERS.has(name)) continue;
    if (name === 'cookie')
      cookies.push(
        ...value
          .split(';')
          .map((cookie) => cookie.trim())
          .filter(Boolean),
      );
    else headers[name] = name in headers ? `${headers[name]},${value}` : value;
  }
  return { headers, cookies };
}
