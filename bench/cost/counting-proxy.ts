import { Agent, createServer, request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { consumedUnits, consumesCapacity, refusedUnits, type CapacityUnits } from './capacity.ts';

/** One call of a function to an AWS service. */
export interface ObservedCall {
  /** Logical id of the calling function, by which the measured template lets its SDK introduce it. */
  readonly caller: string;
  /** E.g. `DynamoDB.PutItem`, `AWSEvents.PutEvents`. */
  readonly operation: string;
  /** Parsed JSON of the request. */
  readonly request: unknown;
  /** Of DynamoDB, by table. */
  readonly capacity: readonly CapacityUnits[];
}

/**
 * Stands between the functions and the AWS endpoint and sees every call. DynamoDB calls are asked, on the way, to tell
 * their consumption; the functions neither know nor notice.
 */
export class CountingProxy {
  readonly #server = createServer((request, response) => void this.#forward(request, response));
  readonly #agent = new Agent({ keepAlive: true });
  readonly #onCall: (call: ObservedCall) => void;
  #upstream: URL | undefined;

  constructor(onCall: (call: ObservedCall) => void) {
    this.#onCall = onCall;
  }

  /** @returns the URL for AWS_ENDPOINT_URL. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The endpoint is known only after the functions were told the proxy's address. */
  forwardTo(endpointUrl: string): void {
    this.#upstream = new URL(endpointUrl);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    this.#agent.destroy();
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const operation = operationOf(request);
      const body = askedForCapacity(operation, await buffer(request));
      const answer = await this.#send(request, body);
      const answerBody = await buffer(answer);
      const call = { caller: callerOf(request), operation, body };
      this.#observe(call, answer.statusCode ?? 0, answerBody);
      response.writeHead(answer.statusCode ?? 502, answer.headers).end(answerBody);
    } catch (error) {
      response.writeHead(502).end(String(error));
    }
  }

  #send(request: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    if (!this.#upstream) throw new Error('CountingProxy is used before forwardTo().');
    const { hostname, port, host } = this.#upstream;
    const headers = { ...request.headers, host, 'content-length': String(body.length) };
    const { url = '/', method = 'GET' } = request;
    sendRequest({ hostname, port, path: url, method, headers, agent: this.#agent })
      .on('response', resolve)
      .on('error', reject)
      .end(body);
    return promise;
  }

  #observe(
    { caller, operation, body }: { readonly caller: string; readonly operation: string; readonly body: Buffer },
    statusCode: number,
    answerBody: Buffer,
  ): void {
    const isJson = body[0] === 0x7b; // {
    const request: unknown = isJson ? JSON.parse(body.toString()) : undefined;
    this.#onCall({ caller, operation, request, capacity: unitsOf(operation, request, statusCode, answerBody) });
  }
}

/** What AWS_SDK_UA_APP_ID says; Powertools adds to it after a dash. @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-appid.html */
function callerOf({ headers }: IncomingMessage): string {
  return /\bapp\/(\w+)/.exec(headers['user-agent'] ?? '')?.[1] ?? 'unknown';
}

/** `DynamoDB_20120810.GetItem` → `DynamoDB.GetItem`; REST calls are told by method and path. */
function operationOf({ headers, method, url }: IncomingMessage): string {
  const target = headers['x-amz-target'];
  return typeof target === 'string' ? target.replace(/_\d{8}\./, '.') : `${method} ${url}`;
}

function unitsOf(operation: string, request: unknown, statusCode: number, answerBody: Buffer): CapacityUnits[] {
  const [service, name = ''] = operation.split('.');
  if (service !== 'DynamoDB' || !consumesCapacity(name)) return [];
  return statusCode < 400 ? consumedUnits(name, JSON.parse(answerBody.toString())) : refusedUnits(name, request);
}

function askedForCapacity(operation: string, body: Buffer): Buffer {
  const [service, name = ''] = operation.split('.');
  if (service !== 'DynamoDB' || !consumesCapacity(name)) return body;
  const request = JSON.parse(body.toString()) as Record<string, unknown>;
  return Buffer.from(JSON.stringify({ ...request, ReturnConsumedCapacity: 'TOTAL' }));
}
