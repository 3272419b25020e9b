import { Agent, request } from 'node:http';

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export interface TimedAnswer {
  readonly body: unknown;
  /** Epoch milliseconds at which the request was begun. */
  readonly sentAtMs: number;
  readonly latencyMs: number;
  /** Of the answer's body. */
  readonly bytes: number;
}

/** Calls one API over connections that are kept, as a client in a browser or a gateway keeps them. */
export class HttpLoad {
  readonly #url: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(url: string) {
    this.#url = new URL(url);
  }

  /** Rejects for any answer that is no success: its latency would say nothing. */
  call(call: Call): Promise<TimedAnswer> {
    const { method, path, token, headers, body } = call;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const sentAtMs = Date.now();
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const options = {
        agent: this.#agent,
        hostname: this.#url.hostname,
        port: this.#url.port,
        method,
        path,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...headers,
        },
      };
      const outgoing = request(options, (incoming) => {
        let answer = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
        incoming.once('error', reject).once('end', () => {
          const latencyMs = performance.now() - startedAt;
          const status = incoming.statusCode ?? 0;
          if (status > 299) reject(new Error(`${method} ${path}: ${status} ${answer}`));
          else {
            const body: unknown = answer === '' ? undefined : JSON.parse(answer);
            resolve({ body, sentAtMs, latencyMs, bytes: Buffer.byteLength(answer) });
          }
        });
      });
      // The server may close a connection at the moment at which it is used again (nodejs.org, request.reusedSocket).
      const isStale = (error: NodeJS.ErrnoException) => outgoing.reusedSocket && error.code === 'ECONNRESET';
      outgoing.once('error', (error) => (isStale(error) ? resolve(this.call(call)) : reject(error))).end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
