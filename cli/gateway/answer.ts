import type { IncomingMessage, ServerResponse } from 'node:http';

/** The largest body that the gateway reads itself; what it hands on is bounded by whom it is for. */
const MAX_BODY_BYTES = 64 * 1024;

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'content-type': status < 400 ? 'application/json' : 'application/problem+json',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
    })
    .end(text);
}

/** A problem document, as the HTTP API gives them (RFC 9457). */
export function answerProblem(response: ServerResponse, status: number, code: string, detail: string): void {
  // Where a body was not read, its rest would be taken for the next request.
  if (!response.headersSent) response.setHeader('connection', 'close');
  answerJson(response, status, { type: 'about:blank', title: detail, status, code });
}

/** The JSON of a small body. @throws SyntaxError, RangeError when it is larger than expected. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new RangeError(`The body is larger than ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return bytes === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
