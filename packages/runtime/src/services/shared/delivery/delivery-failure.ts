import { AwsError } from '../aws-error.ts';

/** Why a delivery failed, in the words of the dead-letter queue's ERROR_CODE and ERROR_MESSAGE. */
export interface DeliveryFailure {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

const missingResource = /DoesNotExist|NotFound/;
const throttled = /Throttl|TooManyRequests|LimitExceeded/;
const malformed = /Validation|InvalidParameter|InvalidExecutionInput|InvalidMessageContents|InvalidRequestContent/;

/**
 * Missing permissions, missing targets and malformed input do not get better with time: they are not retried.
 * EventBridge user guide, "Using dead-letter queues to process undelivered events".
 */
export function classifyFailure(error: unknown): DeliveryFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof AwsError)) return { code: 'INTERNAL_ERROR', message, retryable: true };
  if (throttled.test(error.code)) return { code: 'THROTTLING', message, retryable: true };
  if (error.statusCode >= 500) return { code: 'ERROR_FROM_TARGET', message, retryable: true };
  if (missingResource.test(error.code)) return { code: 'NO_RESOURCE', message, retryable: false };
  if (error.code === 'AccessDeniedException') return { code: 'NO_PERMISSIONS', message, retryable: false };
  if (malformed.test(error.code)) return { code: 'INVALID_PARAMETER', message, retryable: false };
  return { code: 'SDK_CLIENT_ERROR', message, retryable: false };
}
