import { AwsError } from '../shared/aws-error.ts';
import type { Queue, QueuedMessage } from './queue.ts';
import { parseReceiptHandle } from './receipt-handle.ts';
import { invalidParameter } from './sqs-errors.ts';

/** A received message is to stay hidden for so long from now; 0 shows it. */
export interface VisibilityChange {
  readonly handle: string;
  readonly seconds: number;
}

const MAX_SECONDS_IN_FLIGHT = 43_200;

/**
 * The message that the change is about.
 * @throws AwsError MessageNotInflight, InvalidParameterValueException, ReceiptHandleIsInvalid.
 */
export function checkVisibilityChange(
  queue: Queue,
  { handle, seconds }: VisibilityChange,
  nowMs: number,
): QueuedMessage {
  const receipt = parseReceiptHandle(handle);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > MAX_SECONDS_IN_FLIGHT) {
    throw invalidTimeout(seconds, 'Must be between 0 and 43200.');
  }
  const message = queue.get(receipt.seq);
  if (message?.messageId !== receipt.messageId || message.receiveCount !== receipt.receiveCount) {
    throw invalidParameter(
      `Value ${handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
    );
  }
  if (message.state !== 'inFlight') {
    throw new AwsError('MessageNotInflight', 'The specified message is not in flight.');
  }
  if (nowMs + seconds * 1000 > (message.firstReceivedAtMs ?? nowMs) + MAX_SECONDS_IN_FLIGHT * 1000 && seconds > 0) {
    throw invalidTimeout(seconds, 'Total VisibilityTimeout for the message is beyond the limit [43200 seconds].');
  }
  return message;
}

/** Whether the handle's receive is the latest of a message that is still hidden for it. @throws ReceiptHandleIsInvalid. */
export function isInFlight(queue: Queue, handle: string): boolean {
  const receipt = parseReceiptHandle(handle);
  const message = queue.get(receipt.seq);
  return message?.state === 'inFlight' && message.receiveCount === receipt.receiveCount;
}

function invalidTimeout(seconds: number, reason: string): AwsError {
  return invalidParameter(`Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: ${reason}`);
}
