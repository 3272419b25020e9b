import type { GatewayAnswer } from './function-answer.ts';
import { GatewayError } from './gateway-error.ts';

/** `{"message": …}` as API Gateway answers itself; faults of this process say no more than 500. */
export function errorAnswer(error: unknown): GatewayAnswer {
  const known = error instanceof GatewayError ? error : new GatewayError(500);
  return {
    statusCode: known.statusCode,
    headers: [['content-type', 'application/json'], ...Object.entries(known.headers)],
    body: Buffer.from(JSON.stringify({ message: known.message })),
  };
}
