import { deployedCancellationWorkflow } from '../orders/deployed-cancellation-workflow.ts';
import { deployedJournal } from '../orders/deployed-journal.ts';
import { envVar } from '../platform/env-var.ts';
import { logger } from '../platform/logger.ts';
import { parsePayload } from '../platform/parse-payload.ts';
import { stepFunctions } from '../platform/step-functions-client.ts';
import { RestoredOrder } from './order-fate.ts';
import { RestoredOrders, type Settling } from './restored-orders.ts';

const orders = new RestoredOrders({
  journal: deployedJournal(),
  stepFunctions,
  sagaArn: envVar('STATE_MACHINE_ARN'),
  cancellations: deployedCancellationWorkflow(),
});

/** For `orders restore settle`: brings one order to where it was before its rows were lost. Repeating it is harmless. */
export async function handler(request: unknown): Promise<Settling> {
  const restored = parsePayload(RestoredOrder, request);
  const settling = await orders.settle(restored);
  logger.info('Restored order settled', { ...settling, correlationId: restored.order.correlationId });
  return settling;
}
