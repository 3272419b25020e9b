import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../services/shared/aws-error.ts';
import { queryErrorCode } from './query-error-code.ts';

/** What a client may know of a fault; everything else than an AwsError is our own bug and stays with us. */
export function toAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  return new AwsError('InternalFailure', 'The embedded runtime failed; its log has the reason.', 500);
}

/** Answers in the shape that both the JSON and the REST protocols read: code in the header and in the body. */
export function answerError(
  request: IncomingMessage,
  response: ServerResponse,
  error: AwsError,
  contentType: string = 'application/json',
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const type = error.statusCode < 500 ? 'User' : 'Server';
  const body = JSON.stringify({ __type: error.code, message: error.message, Message: error.message, Type: type });
  const headers: Record<string, string | number> = {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'x-amzn-errortype': error.code,
  };
  if (request.headers['x-amzn-query-mode'] === 'true') {
    const fault = error.statusCode < 500 ? 'Sender' : 'Receiver';
    headers['x-amzn-query-error'] = `${queryErrorCode(error.code)};${fault}`;
  }
  // A body that was not read to its end must not be taken for the next request.
  if (!request.complete) headers['connection'] = 'close';
  response.writeHead(error.statusCode, headers).end(body);
}
