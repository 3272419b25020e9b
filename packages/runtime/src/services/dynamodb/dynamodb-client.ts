import { Agent, request } from 'node:http';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';

/** The server reads who signed a request, not whether the signature is right. */
const SIGNED_BY =
  'AWS4-HMAC-SHA256 Credential=embedded/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0';

/** Calls the DynamoDB server from inside the runtime: the JSON protocol without the weight of an SDK. */
export class DynamoDbClient {
  readonly #url: () => string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  /** @param url read at each call, because the server may move to another port. */
  constructor(url: () => string) {
    this.#url = url;
  }

  /** @param operation e.g. `PutItem`. @throws AwsError as DynamoDB answers it; `details` hold the other fields. */
  call(operation: string, input: JsonObject): Promise<JsonObject> {
    return this.send(`DynamoDB_20120810.${operation}`, input);
  }

  send(target: string, input: JsonObject): Promise<JsonObject> {
    const body = JSON.stringify(input);
    const { promise, resolve, reject } = Promise.withResolvers<JsonObject>();
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(body),
      'x-amz-target': target,
      'x-amz-date': '20260101T000000Z',
      authorization: SIGNED_BY,
    };
    const outgoing = request(this.#url(), { method: 'POST', agent: this.#agent, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const answer = JSON.parse(Buffer.concat(chunks).toString() || '{}') as JsonObject;
        if (incoming.statusCode === 200) resolve(answer);
        else reject(new DynamoDbError(answer, incoming.statusCode ?? 500));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
    return promise;
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** An error answer of DynamoDB with all its fields (`CancellationReasons`, `Item`). */
export class DynamoDbError extends AwsError {
  readonly answer: JsonObject;

  constructor(answer: JsonObject, statusCode: number) {
    const code = String(answer['__type'] ?? 'InternalServerError');
    super(code.slice(code.lastIndexOf('#') + 1), String(answer['message'] ?? answer['Message'] ?? ''), statusCode);
    this.answer = answer;
  }
}
