import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '@order-workflow/states-language/clock';
import { requireCallablePort } from '../../endpoint/blocked-ports.ts';
import type { GatewayAnswer } from './function-answer.ts';
import { GatewayError } from './gateway-error.ts';
import { errorAnswer } from './error-answer.ts';
import { methodNotAllowed } from './http-request.ts';

/** Room for telling a long URL from large headers; the parser itself stops a client that sends more. */
const PARSER_HEAD_BYTES = 64 * 1024;
/** Bodies have a shorter deadline of their own (request-body.ts): the parser's is for those that nobody reads. */
const DEADLINES = { headersTimeout: 10_000, requestTimeout: 60_000, connectionsCheckingInterval: 5_000 };

/** How long a refused upload is still taken in, so that its client can read the answer instead of a reset. */
const LINGER_MS = 2_000;

/** Answers one request; never rejects. */
export type Answerer = (message: IncomingMessage) => Promise<GatewayAnswer>;

/**
 * The socket of one HTTP API. It is bound before the API is known, because the address is part of the template's
 * values; until `serve`, every request is answered with 503.
 */
export class HttpListener {
  readonly #server: Server;
  readonly #clock: Clock;
  #closing = false;
  #answer: Answerer = () => Promise.resolve(errorAnswer(new GatewayError(503)));

  /** @param deadlines by when the headers, and the whole request, must be here; in milliseconds, for tests. */
  constructor(clock: Clock, deadlines: Partial<typeof DEADLINES> = {}) {
    this.#clock = clock;
    this.#server = createServer({ maxHeaderSize: PARSER_HEAD_BYTES, ...DEADLINES, ...deadlines });
    this.#server.on('request', (message, response) => void this.#handle(message, response));
    this.#server.on('checkExpectation', (_message, response) => send(response, errorAnswer(new GatewayError(417))));
    this.#server.on('connect', (_message, socket) => endRaw(socket, methodNotAllowed()));
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => endRaw(socket, parserRefusal(error)));
  }

  /** @param port 0: any free one. @throws Error with code EADDRINUSE when the port is taken. */
  async listen(port: number): Promise<void> {
    requireCallablePort(port);
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  serve(answer: Answerer): void {
    this.#answer = answer;
  }

  /** Takes no new request and resolves when those under way are answered. */
  async close(): Promise<void> {
    this.#closing = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    await closed;
  }

  async #handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#answer(message);
    if (response.destroyed) return;
    // A connection kept alive would keep `close` waiting for its timeout.
    if (this.#closing) response.shouldKeepAlive = false;
    if (message.complete || hasNoBody(message)) send(response, answer);
    else this.#refuseUpload(message, response, answer);
  }

  /** What is left of an unread body would be taken for the next request: the connection ends after the answer. */
  #refuseUpload(message: IncomingMessage, response: ServerResponse, answer: GatewayAnswer): void {
    const end = (): void => {
      timer.cancel();
      response.end();
    };
    const timer = this.#clock.at(this.#clock.nowMs() + LINGER_MS, end);
    response.writeHead(answer.statusCode, [...rawHeaders(answer), 'connection', 'close']);
    response.write(answer.body);
    message.once('close', end).resume();
  }
}

function hasNoBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
}

function send(response: ServerResponse, answer: GatewayAnswer): void {
  response.writeHead(answer.statusCode, rawHeaders(answer)).end(answer.body);
}

function rawHeaders({ statusCode, headers, body }: GatewayAnswer): string[] {
  const pairs = headers.flat();
  return statusCode === 204 || statusCode === 304 ? pairs : [...pairs, 'content-length', String(body.length)];
}

function parserRefusal({ code }: NodeJS.ErrnoException): GatewayError {
  if (code === 'HPE_HEADER_OVERFLOW') return new GatewayError(431);
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new GatewayError(408);
  if (code === 'HPE_INVALID_METHOD') return methodNotAllowed();
  return new GatewayError(400);
}

/** For sockets that have no ServerResponse. */
function endRaw(socket: Duplex | Socket, refusal: GatewayError): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { statusCode, headers, body } = errorAnswer(refusal);
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(
    `HTTP/1.1 ${statusCode} ${refusal.message}\r\n${head}content-length: ${body.length}\r\nconnection: close\r\n\r\n${body.toString()}`,
  );
}
