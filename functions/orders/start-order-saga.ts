import { BasketCheckedOut, unchargeable } from '../../events/basket-checked-out.ts';
import { parkConflict } from '../parking/conflicting-command.ts';
import { deployedParkingLot } from '../parking/deployed-parking-lot.ts';
import { envVar } from '../platform/env-var.ts';
import { eachEvent, EventRejected, on } from '../platform/event-consumer.ts';
import { logger } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import { inDeadLetters } from '../platform/set-aside.ts';
import { stepFunctions } from '../platform/step-functions-client.ts';
import { deployedJournal } from './deployed-journal.ts';
import { SagaStarter } from './saga-starter.ts';

const parkingLot = deployedParkingLot();
const starter = new SagaStarter({
  stepFunctions,
  stateMachineArn: envVar('STATE_MACHINE_ARN'),
  journal: deployedJournal(),
  parkConflict: (conflict) => parkConflict(parkingLot, conflict),
});

/**
 * Starts the saga of every checkout in the batch. What fails is received for hours, because it is the shop that is
 * broken and not the checkout; what can never be started is therefore set aside at once.
 */
export const handler = eachEvent([on(BasketCheckedOut, start)], {
  countedAs: 'CheckoutsRejected',
  setAside: inDeadLetters(),
});

async function start(order: BasketCheckedOut): Promise<void> {
  const { orderId, correlationId } = order;
  // Checkout refuses it; whoever else puts a command onto the bus is told the same by its dead letter.
  const refusal = unchargeable(order);
  if (refusal !== undefined) throw new EventRejected(refusal);
  const outcome = await starter.start(order);
  if (outcome === 'duplicate') {
    count('DuplicateCheckouts');
    logger.info('Checkout was started before', { orderId, correlationId });
  } else if (outcome === 'conflict') {
    count('OrdersParked', { Reason: 'IDENTITY_CONFLICT' });
    logger.error('Another command runs under this order id', { orderId, correlationId });
  }
}
