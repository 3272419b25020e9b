import * as z from 'zod';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { MalformedPayload } from '../platform/errors.ts';
import { logger } from '../platform/logger.ts';
import { stepFunctions } from '../platform/step-functions-client.ts';
import { deployedParkedOrders } from './deployed-parking-lot.ts';
import { OperatorDesk, OperatorRequest, type DecisionOutcome } from './operator-decision.ts';
import { findOrder } from '../orders/order-record.ts';

const ordersTable = envVar('ORDERS_TABLE');
const desk = new OperatorDesk({
  parked: deployedParkedOrders(),
  findOrder: (orderId) => findOrder(documentClient, ordersTable, orderId),
  stepFunctions,
});

/** Answers a parked order: `{orderId, step, decision: 'retry' | 'resolved', actor, evidence?}`. */
export async function handler(request: unknown): Promise<DecisionOutcome> {
  const parsed = OperatorRequest.safeParse(request);
  if (!parsed.success) throw new MalformedPayload(z.prettifyError(parsed.error), { cause: parsed.error });
  const outcome = await desk.decide(parsed.data);
  logger.info('Parked order decided', { ...outcome });
  return outcome;
}
