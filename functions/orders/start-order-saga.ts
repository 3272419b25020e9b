import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { envVar } from '../platform/env-var.ts';
import { errorNameOf } from '../platform/errors.ts';
import { logger } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import { stepFunctions } from '../platform/step-functions-client.ts';
import { CheckoutRejected, checkoutMessageOf, type CheckoutMessage } from './checkout-message.ts';
import { deployedJournal } from './deployed-journal.ts';
import { deployedParkingLot } from '../parking/deployed-parking-lot.ts';
import { SagaStarter } from './saga-starter.ts';

const starter = new SagaStarter({
  stepFunctions,
  stateMachineArn: envVar('STATE_MACHINE_ARN'),
  journal: deployedJournal(),
  parkingLot: deployedParkingLot(),
});

const processor = new BatchProcessor(EventType.SQS, { logger: { debug() {}, warn() {}, error() {} } });

/**
 * Starts the saga of every checkout in the batch. Records are independent: what fails comes again alone and ends in
 * the dead-letter queue, its batch mates go through.
 */
export function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  // When every record fails the processor would rather throw; answering all ids says the same and cannot be read as
  // "all done" by anyone who catches the error.
  return processPartialResponse(event, startRecorded, processor, { context, throwOnFullBatchFailure: false });
}

async function startRecorded(record: SQSRecord): Promise<void> {
  let message: CheckoutMessage | undefined;
  try {
    message = checkoutMessageOf(record.body);
    await start(message, record.messageId);
  } catch (error) {
    report(error, record, message);
    throw error;
  }
}

/** Several records are in hand at once, so each line names its order itself. */
async function start(message: CheckoutMessage, messageId: string): Promise<void> {
  const { orderId, correlationId } = message.order;
  const outcome = await starter.start(message);
  if (outcome === 'duplicate') {
    count('DuplicateCheckouts');
    logger.info('Checkout was started before', { orderId, correlationId, messageId });
  } else if (outcome === 'conflict') {
    count('OrdersParked', { Reason: 'IDENTITY_CONFLICT' });
    logger.error('Another command runs under this order id', { orderId, correlationId, messageId });
  }
}

function report(error: unknown, { messageId, attributes }: SQSRecord, message: CheckoutMessage | undefined): void {
  const { orderId, correlationId } = message?.order ?? {};
  const attempt = Number(attributes.ApproximateReceiveCount);
  if (error instanceof CheckoutRejected) {
    count('CheckoutsRejected');
    logger.error('Checkout rejected', { messageId, attempt, rejection: error.message.slice(0, 500) });
  } else {
    logger.warn('Checkout not started', { orderId, correlationId, messageId, attempt, errorName: errorNameOf(error) });
  }
}
