import {
  request as outgoingRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream/promises';
import { answerProblem } from './answer.ts';

/** Of one connection (RFC 9110, 7.6.1), or about the page that asks: the gateway has looked at that already. */
const NOT_PASSED =
  /^(?:host|origin|referer|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|sec-fetch-.*|cookie)$/;
const NOT_GIVEN_BACK = /^(?:connection|keep-alive|transfer-encoding|access-control-.*)$/;

/**
 * Hands a request on to another listener of this machine, and its answer back. The listener sees a caller of this
 * machine, not a page.
 */
export async function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  { to, path }: { readonly to: string; readonly path: string },
): Promise<void> {
  const target = new URL(to);
  const outgoing = outgoingRequest({
    host: target.hostname,
    port: target.port,
    method: request.method,
    path,
    headers: { ...without(request.headers, NOT_PASSED), host: target.host, ...bodyHeader(request) },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
  });
  response.once('close', () => outgoing.destroy());
  try {
    // What the listener refuses before it has read the body is an answer all the same.
    void pipeline(request, outgoing).catch((error: Error) => outgoing.destroy(error));
    const answer = await answered;
    response.writeHead(answer.statusCode ?? 502, without(answer.headers, NOT_GIVEN_BACK));
    await pipeline(answer, response);
  } catch (error) {
    if (response.headersSent || response.destroyed) response.destroy();
    else answerProblem(response, 502, 'BACKEND_DOWN', `Nothing answers at ${to} (${codeOf(error)}).`);
  }
}

function without(headers: IncomingHttpHeaders, names: RegExp): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && !names.test(name));
  return Object.fromEntries(kept) as Record<string, string | string[]>;
}

/** A body of unknown length is handed on in pieces, as it came. */
function bodyHeader({ headers }: IncomingMessage): Record<string, string> {
  return headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' };
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
