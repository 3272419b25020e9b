import { connect } from 'node:net';

/** One request, byte for byte as it goes over the wire: no client library tidies it up. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** How many bytes of the body are sent before the connection ends; all of them unless told. */
  readonly sentBytes?: number;
}

/** The status of an answer; `closed` when the other side ended the connection without one, `silent` when it did nothing. */
export type WireAnswer = number | 'closed' | 'silent';

/** Longer than any long poll and any function of the shop. */
const SILENCE_MS = 45_000;

export function send(url: string, request: WireRequest): Promise<WireAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let answer = '';
    socket.setTimeout(SILENCE_MS, () => {
      socket.destroy();
      resolve('silent');
    });
    socket.on('data', (chunk) => {
      if (answer.length < 64) answer += chunk.toString('latin1');
    });
    // A connection that is reset has told what it had to: its status, or nothing.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(statusOf(answer)));
    socket.on('connect', () => {
      socket.write(bytesOf(request, `${hostname}:${port}`));
      if (request.sentBytes !== undefined) socket.end();
    });
  });
}

/** As one line that tells everything, and can be sent again with `npm run campaigns -- mutated-requests --seed`. */
export function described(request: WireRequest): string {
  return JSON.stringify({ ...request, body: request.body.toString('latin1').slice(0, 2000) });
}

function statusOf(answer: string): WireAnswer {
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(answer) ?? [];
  return status === undefined ? 'closed' : Number(status);
}

function bytesOf({ method, path, headers, body, sentBytes }: WireRequest, host: string): Buffer {
  const fixed = [`host: ${host}`, 'connection: close', `content-length: ${body.length}`];
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...fixed,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ];
  return Buffer.concat([Buffer.from(lines.join('\r\n')), body.subarray(0, sentBytes ?? body.length)]);
}
