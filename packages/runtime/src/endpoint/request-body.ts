import { isRecord } from '@order-workflow/states-language';
import type { IncomingMessage } from 'node:http';
import type { JsonObject } from './aws-api.ts';
import { AwsError } from '../services/shared/aws-error.ts';

/** The largest request that any AWS API here takes: 16 MB for DynamoDB's batches. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** @throws AwsError RequestEntityTooLarge; RequestTimeout when it never came to its end. */
export function readBody(request: IncomingMessage, maxBytes: number = MAX_BODY_BYTES): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > maxBytes) reject(tooLarge(maxBytes));
    else chunks.push(chunk);
  });
  request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
  // The client went away, or the deadline cut it off.
  request.on('error', () => reject(new AwsError('RequestTimeout', 'The request came to no end.', 408)));
  return promise;
}

/** The JSON object of a request; `{}` for an empty body. @throws AwsError `code` for anything else. */
export function parseBody(body: Buffer, code = 'SerializationException'): JsonObject {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError(code, 'The request body is not JSON.');
  }
  if (!isRecord(value)) throw new AwsError(code, 'The request body is not a JSON object.');
  return value;
}

export function tooLarge(maxBytes: number): AwsError {
  return new AwsError('RequestEntityTooLarge', `The request is larger than ${maxBytes} bytes.`, 413);
}
