import type { IncomingMessage, ServerResponse } from 'node:http';

/** Pages are told at most so often: pokes of one subject within this time are one. The first one is told at once. */
const GAP_MS = 50;
/** Shows a page, and whatever stands between, that the connection is alive. */
const HEARTBEAT_MS = 15_000;

/**
 * Tells open pages that something has changed, and never what: they ask for it with their own token.
 * Server-sent events (html.spec.whatwg.org/multipage/server-sent-events.html); the browser connects again by itself.
 */
export class LivePokes {
  readonly #open = new Set<ServerResponse>();
  readonly #pending = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #toldMs = -Infinity;
  readonly #heartbeat = setInterval(() => this.#send(':\n\n'), HEARTBEAT_MS).unref();

  /** @param subject what has changed: an order's id, `page` for a new build. */
  poke(subject: string): void {
    if (this.#open.size === 0) return;
    this.#pending.add(subject);
    this.#timer ??= setTimeout(() => this.#flush(), Math.max(0, this.#toldMs + GAP_MS - performance.now()));
  }

  subscribe(_request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 500\n\n');
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
  }

  close(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#timer);
    for (const response of this.#open) response.end();
  }

  #flush(): void {
    this.#timer = undefined;
    this.#toldMs = performance.now();
    const text = [...this.#pending].map((subject) => `data: ${subject}\n\n`).join('');
    this.#pending.clear();
    this.#send(text);
  }

  /** A page that does not read loses its connection, not the shop its memory. */
  #send(text: string): void {
    for (const response of this.#open) {
      if (response.writableNeedDrain) response.destroy();
      else response.write(text);
    }
  }
}
