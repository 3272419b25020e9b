import { randomUUID } from 'node:crypto';
import { Agent, request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { AwsError } from '../shared/aws-error.ts';
import { DynamoDbError } from './dynamodb-client.ts';
import type { SystemBackups } from './backups/system-backups.ts';
import { OPERATION_NAMES, STREAM_OPERATION_NAMES } from './operation-names.ts';
import { tableOfArn } from './table-names.ts';
import type { TransactionConflicts } from './transaction-conflicts.ts';
import type { AwsCall, AwsJsonApi, AwsProxiedApi } from '../../endpoint/aws-api.ts';
import { MAX_BODY_BYTES, parseBody, readBody, tooLarge } from '../../endpoint/request-body.ts';
import { unsupportedCall } from '../../endpoint/unsupported-call.ts';

/** The DynamoDB server behind the endpoint. */
export interface DynamoDbServer {
  readonly serverUrl: string;
  readonly arns: { toServer(json: string): string; toClient(json: string): string };
  /** Undefined: the store runs transactions one after the other, and none conflicts. */
  readonly conflicts: TransactionConflicts | undefined;
  /** Operations that the server does not know, answered here. */
  readonly backups: AwsJsonApi;
  /** Keeps the last state of a table that is deleted, where AWS would. */
  readonly deletions: Pick<SystemBackups, 'whileDeleting'>;
}

/** Operations on items hold no ARN that needs translation: their bytes pass through as they are. */
const ITEM_OPERATIONS = new Set([
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'Scan',
  'BatchGetItem',
  'BatchWriteItem',
  'TransactGetItems',
  'TransactWriteItems',
  'ExecuteStatement',
  'ExecuteTransaction',
  'BatchExecuteStatement',
]);

const OPERATIONS: Readonly<Record<string, ReadonlySet<string>>> = {
  DynamoDB_20120810: new Set(OPERATION_NAMES),
  DynamoDBStreams_20120810: new Set(STREAM_OPERATION_NAMES),
};

/** Hands DynamoDB and DynamoDB Streams requests on to their server over connections that stay open. */
export class DynamoDbProxy implements AwsProxiedApi {
  readonly #server: DynamoDbServer;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(server: DynamoDbServer) {
    this.#server = server;
  }

  serves(target: string): boolean {
    return Object.hasOwn(OPERATIONS, prefixOf(target));
  }

  /** @throws AwsError UnknownOperationException; InternalServerError while the server is away: SDKs try again. */
  async forward(target: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = target.slice(target.indexOf('.') + 1);
    if (this.#isOwn(target)) return this.#answer(operation, request, response);
    if (!OPERATIONS[prefixOf(target)]?.has(operation)) throw unsupportedCall(target);
    if (operation === 'DeleteTable') return this.#delete(request, response);
    if (!ITEM_OPERATIONS.has(operation)) return this.#translate(await readBody(request), request, response);
    const { conflicts } = this.#server;
    return conflicts ? this.#guard(conflicts, operation, { request, response }) : this.#stream(request, response);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #guard(
    conflicts: TransactionConflicts,
    operation: string,
    { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  ): Promise<void> {
    const body = await readBody(request);
    try {
      const { statusCode, headers, content } = await conflicts.guard(operation, parseBody(body), async () => {
        const answer = await this.#send(request, response, (outgoing) => void outgoing.end(body));
        return { statusCode: answer.statusCode ?? 500, headers: answer.headers, content: await readBody(answer) };
      });
      response.writeHead(statusCode, headers).end(content);
    } catch (error) {
      if (!(error instanceof DynamoDbError)) throw error;
      const text = JSON.stringify(error.answer);
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'content-length': Buffer.byteLength(text) };
      response.writeHead(error.statusCode, headers).end(text);
    }
  }

  async #stream(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#send(request, response, (outgoing, refuse) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_BODY_BYTES) refuse(tooLarge(MAX_BODY_BYTES));
      });
      request.pipe(outgoing);
    });
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  }

  /** By the name, for the streams' API has operations of its own. */
  #isOwn(target: string): boolean {
    const { targetPrefix, operations } = this.#server.backups;
    return prefixOf(target) === targetPrefix && Object.hasOwn(operations, target.slice(targetPrefix.length + 1));
  }

  async #answer(operation: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const input = parseBody(await readBody(request));
    const call: AwsCall = { requestId: randomUUID(), signal: new AbortController().signal };
    const answer = await this.#server.backups.operations[operation]?.(input, call);
    const { arns, backups } = this.#server;
    response.writeHead(200, { 'content-type': backups.contentType }).end(arns.toClient(JSON.stringify(answer)));
  }

  async #delete(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const name: unknown = parseBody(body)['TableName'];
    await this.#server.deletions.whileDeleting(tableOfArn(String(name)), async () => {
      await this.#translate(body, request, response);
      return { isDone: response.statusCode === 200 };
    });
  }

  async #translate(content: Buffer, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { arns } = this.#server;
    const body = arns.toServer(content.toString());
    const answer = await this.#send(request, response, (outgoing) => {
      outgoing.setHeader('content-length', Buffer.byteLength(body));
      outgoing.end(body);
    });
    const text = arns.toClient((await readBody(answer)).toString());
    // The checksum was of the text before.
    const { 'x-amz-crc32': _checksum, 'content-length': _length, ...headers } = answer.headers;
    response.writeHead(answer.statusCode ?? 500, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
  }

  #send(
    request: IncomingMessage,
    response: ServerResponse,
    write: (outgoing: ReturnType<typeof sendRequest>, refuse: (reason: AwsError) => void) => void,
  ): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const outgoing = sendRequest(this.#server.serverUrl, {
      method: 'POST',
      agent: this.#agent,
      headers: forwarded(request),
    });
    outgoing.on('response', resolve);
    outgoing.on('error', (cause) => reject(unavailable(cause)));
    // The client went away before its answer was complete.
    response.once('close', () => void (response.writableFinished || outgoing.destroy()));
    write(outgoing, (reason) => {
      reject(reason);
      request.unpipe(outgoing).resume();
      outgoing.destroy();
    });
    return promise;
  }
}

function prefixOf(target: string): string {
  return target.slice(0, Math.max(0, target.indexOf('.')));
}

function forwarded({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    ['x-amz-target', 'x-amz-date', 'content-type', 'content-length', 'authorization']
      .map((name) => [name, headers[name]])
      .filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function unavailable(cause: Error): AwsError {
  return new AwsError('InternalServerError', `The DynamoDB server does not answer (${cause.message}).`, 500);
}
