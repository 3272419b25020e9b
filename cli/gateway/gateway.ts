import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requireCallablePort } from '@order-workflow/runtime';
import { answerJson, answerProblem } from './answer.ts';
import { LivePokes } from './live-pokes.ts';
import { PageFiles } from './page-files.ts';
import { passOn } from './pass-on.ts';
import { refusalOf } from './trusted-request.ts';

/** A request that never ends holds a socket and memory. */
const DEADLINES = { headersTimeout: 10_000, requestTimeout: 60_000, connectionsCheckingInterval: 5_000 };

/** Where the customer of a 3-D Secure payment is led to, from the bank's side and back. */
const CUSTOMERS_PAGE = /^\/pay\/_sandbox\/confirmation\//;

const ORDER_ID = /[0-7][0-9A-HJKMNP-TV-Z]{25}/;

export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface ServedPage {
  /** Base URLs by the first part of the path: `/api/products` goes to `<api>/products`. */
  readonly backends: Readonly<Record<'api' | 'pay' | 'aws', string>>;
  /** What the page must know of where it runs. */
  readonly config: unknown;
  /** What only this machine's page can do, by path: `POST /machine/kill`. */
  readonly handlers?: Readonly<Record<`${'GET' | 'POST'} /${string}`, Handler>>;
}

/**
 * The one address of the page: its files, and behind it the shop's HTTP API, the payment sandbox and the AWS endpoint, so
 * that the page calls nothing but its own origin, here as behind CloudFront.
 *
 * G1  It listens on the loopback address and answers no other page (trusted-request.ts).
 * G2  It listens before the shop runs, because the shop's values carry its address; until `serve` it answers 503.
 */
export class Gateway {
  readonly pokes = new LivePokes();
  readonly #files: PageFiles;
  readonly #server: Server;
  #served: ServedPage | undefined;

  /** @param deadlines by when the headers, and the whole request, must be here; in milliseconds, for tests. */
  constructor(filesFolder: string, deadlines: Partial<typeof DEADLINES> = {}) {
    this.#files = new PageFiles(filesFolder);
    this.#server = createServer({ ...DEADLINES, ...deadlines }, (request, response) => {
      void this.#answer(request, response).catch((error: unknown) => failed(response, error));
    });
  }

  /** @param port 0 takes a free one. @throws StartError, or the listen error (EADDRINUSE …). */
  async listen(port: number): Promise<void> {
    requireCallablePort(port);
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  serve(page: ServedPage): void {
    this.#served = page;
  }

  async close(): Promise<void> {
    this.pokes.close();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.parse(request.url ?? '/', this.url);
    if (url === null) return answerProblem(response, 400, 'URL_MALFORMED', 'The address is malformed.');
    const [, area = ''] = url.pathname.split('/');
    const isFile = !['api', 'pay', 'aws', 'machine', 'live', 'config.json'].includes(area);
    const refusal = refusalOf(request, { mayBeLinkedTo: isFile || CUSTOMERS_PAGE.test(url.pathname) });
    if (refusal) return answerProblem(response, refusal.status, 'NOT_TRUSTED', refusal.detail);
    if (isFile) return this.#files.answer(request, response, url.pathname);
    if (area === 'live') return this.pokes.subscribe(request, response);
    if (this.#served === undefined) return answerProblem(response, 503, 'STARTING', 'The shop is starting.');
    return this.#pass(request, response, { served: this.#served, url, area });
  }

  /** What one page has changed, the others see: not everything that changes is a step of a workflow. */
  #tellOf(path: string, { statusCode }: ServerResponse): void {
    if (statusCode < 300) this.pokes.poke(ORDER_ID.exec(path)?.[0] ?? 'shop');
  }

  async #pass(
    request: IncomingMessage,
    response: ServerResponse,
    { served, url, area }: { served: ServedPage; url: URL; area: string },
  ): Promise<void> {
    const { backends, config, handlers = {} } = served;
    if (area === 'config.json') return answerJson(response, 200, config);
    const backend = Object.entries(backends).find(([name]) => name === area)?.[1];
    if (backend !== undefined) {
      const path = url.pathname.slice(area.length + 1) || '/';
      if (area === 'api' && request.method !== 'GET') response.once('finish', () => this.#tellOf(path, response));
      return passOn(request, response, { to: backend, path: path + url.search });
    }
    const handler = Object.entries(handlers).find(([route]) => route === `${request.method} ${url.pathname}`)?.[1];
    if (handler === undefined) return answerProblem(response, 404, 'ROUTE_NOT_FOUND', 'There is nothing here.');
    await handler(request, response);
  }
}

function failed(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else answerProblem(response, 500, 'INTERNAL_ERROR', String(error));
}
