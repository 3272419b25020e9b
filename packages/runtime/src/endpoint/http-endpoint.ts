import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartError } from '../runtime/start-error.ts';
import type {
  AwsApis,
  AwsJsonApi,
  AwsProxiedApi,
  AwsQueryApi,
  AwsRestApi,
  RestRequest,
  RestResponse,
} from './aws-api.ts';
import { AwsError } from '../services/shared/aws-error.ts';
import { ClientCall } from './client-call.ts';
import { answerError, toAwsError } from './error-answer.ts';
import { answerQuery, queryParameters } from './query-protocol.ts';
import { requireCallablePort } from './blocked-ports.ts';
import { parseBody, readBody } from './request-body.ts';
import { requireTrustedHost } from './trusted-host.ts';
import { refuseUnserved } from './unserved-path.ts';
import { unsupportedCall } from './unsupported-call.ts';

const HOST = '127.0.0.1';
/** A request that never ends holds a socket and memory; only its arrival counts, so long polls may take longer. */
const DEADLINES = { headersTimeout: 10_000, requestTimeout: 60_000, connectionsCheckingInterval: 5_000 };
/** Clients keep connections open between calls; AWS closes them after about as long. */
const KEEP_ALIVE_MS = 60_000;

export interface ServedApis {
  readonly apis: readonly AwsApis[];
  /** Answers of `GET /_runtime/<name>`: the runtime about itself. */
  readonly about: Readonly<Record<string, () => unknown>>;
  /** Where somebody who opens the endpoint in a browser finds what they look for. */
  readonly visitorsLookAt?: string | undefined;
}

/**
 * The one address at which all services speak the AWS protocols.
 *
 * E1  The service is told by `X-Amz-Target` (JSON protocols), by `Version` of a form (query protocol), else by method
 *     and path (REST protocols). Errors come in the protocol of the call.
 * E2  It listens on the loopback address only and answers no web page of another site (trusted-host.ts).
 * E3  It listens before the services exist, because their URLs carry its port; until `serve` it answers 503.
 */
export class HttpEndpoint {
  readonly #server: Server;
  readonly #onFault: (error: unknown) => void;
  #operations = new Map<string, { run: AwsJsonApi['operations'][string]; contentType: string }>();
  #served:
    | {
        proxied: readonly AwsProxiedApi[];
        query: readonly AwsQueryApi[];
        rest: readonly AwsRestApi[];
        about: ServedApis['about'];
        visitorsLookAt: string | undefined;
      }
    | undefined;

  /**
   * @param onFault told of what is answered as InternalFailure.
   * @param deadlines by when the headers, and the whole request, must be here; in milliseconds, for tests.
   */
  constructor(onFault: (error: unknown) => void, deadlines: Partial<typeof DEADLINES> = {}) {
    this.#onFault = onFault;
    this.#server = createServer(
      { keepAliveTimeout: KEEP_ALIVE_MS, ...DEADLINES, ...deadlines },
      (request, response) => {
        void this.#answer(request, response);
      },
    );
  }

  /** @param port 0 takes a free one. @returns the base URL. @throws StartError when the port is taken or blocked. */
  async listen(port: number): Promise<string> {
    requireCallablePort(port);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', (cause: NodeJS.ErrnoException) => reject(portRefusal(port, cause)));
    this.#server.listen(port, HOST, resolve);
    await promise;
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  serve({ apis, about, visitorsLookAt }: ServedApis): void {
    for (const { targetPrefix, contentType, operations } of apis.flatMap(({ json = [] }) => json)) {
      for (const [name, run] of Object.entries(operations)) {
        this.#operations.set(`${targetPrefix}.${name}`, { run, contentType });
      }
    }
    const rest = apis.flatMap((api) => api.rest ?? []);
    const query = apis.flatMap((api) => api.query ?? []);
    this.#served = { rest, query, proxied: apis.flatMap(({ proxied }) => proxied ?? []), about, visitorsLookAt };
  }

  /** Takes no more requests and ends what is open: an unanswered client tries again. Harmless when repeated. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = new ClientCall();
    response.setHeader('x-amzn-requestid', call.requestId);
    response.once('close', () => call.abort());
    try {
      requireTrustedHost(request);
      if (!this.#served) throw new AwsError('ServiceUnavailable', 'The embedded runtime is starting.', 503);
      const target = request.headers['x-amz-target'];
      if (typeof target === 'string') await this.#answerTarget(target, request, response, call);
      else await this.#answerPath(request, response, call);
    } catch (error) {
      if (!(error instanceof AwsError)) this.#onFault(error);
      answerError(request, response, toAwsError(error), request.headers['content-type']);
    }
  }

  async #answerTarget(target: string, request: IncomingMessage, response: ServerResponse, call: ClientCall) {
    const proxied = this.#served?.proxied.find((api) => api.serves(target));
    if (proxied) return proxied.forward(target, request, response);
    const operation = this.#operations.get(target);
    if (!operation) throw unsupportedCall(target);
    const result = await operation.run(parseBody(await readBody(request)), call);
    answerText(response, 200, JSON.stringify(result), operation.contentType);
  }

  async #answerPath(request: IncomingMessage, response: ServerResponse, call: ClientCall) {
    const { about = {}, query = [], rest = [] } = this.#served ?? {};
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const { method = 'GET' } = request;
    const topic = /^\/_runtime\/(\w+)$/.exec(pathname)?.[1];
    const tell = topic === undefined || method !== 'GET' ? undefined : about[topic];
    if (tell) {
      answerText(response, 200, JSON.stringify(tell()), 'application/json');
      return;
    }
    if (isVisit(request)) {
      answerText(response, 200, welcome(this.#served?.visitorsLookAt), 'text/plain; charset=utf-8');
      return;
    }
    const body = await readBody(request);
    const headers = request.headers as RestRequest['headers'];
    const contentType = headers['content-type'];
    const form = queryParameters({ method, path: pathname, query: searchParams, contentType, body });
    if (form) return sendResponse(response, await answerQuery(query, form, { call, onFault: this.#onFault }));
    for (const api of rest) {
      const routed = api.route({ method, path: pathname, query: searchParams, headers, body, call });
      if (!routed) continue;
      return sendResponse(response, await routed);
    }
    const { requestId } = call;
    return sendResponse(response, refuseUnserved({ method, path: pathname, headers: request.headers, requestId }));
  }
}

/** A person's browser; no AWS client asks for a page. */
function isVisit({ method, url, headers }: IncomingMessage): boolean {
  return method === 'GET' && url === '/' && (headers.accept ?? '').includes('text/html');
}

function welcome(visitorsLookAt: string | undefined): string {
  const lines = [
    'This is the AWS endpoint of the embedded runtime: point AWS_ENDPOINT_URL of the AWS CLI or an SDK here.',
    'GET /_runtime/resources lists what runs.',
    ...(visitorsLookAt === undefined ? [] : [`For people: open ${visitorsLookAt}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function sendResponse(response: ServerResponse, { statusCode, headers, body = '' }: RestResponse): void {
  response.writeHead(statusCode, { 'content-length': Buffer.byteLength(body), ...headers }).end(body);
}

function answerText(response: ServerResponse, statusCode: number, text: string, contentType: string): void {
  response.writeHead(statusCode, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }).end(text);
}

function portRefusal(port: number, cause: NodeJS.ErrnoException): StartError {
  const reason = cause.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${cause.code})`;
  return new StartError('PORT_IN_USE', `Port ${port} ${reason}; stop what uses it, or give another one with --port.`, {
    cause,
  });
}
