import * as z from 'zod';
import { MalformedPayload } from '../platform/errors.ts';
import { logger } from '../platform/logger.ts';
import { deployedOperatorDesk } from './deployed-operator-desk.ts';
import { OperatorRequest, type DecisionOutcome } from './operator-decision.ts';

const { desk } = deployedOperatorDesk();

/** Answers a parked order: `{orderId, step, decision: 'retry' | 'resolved', actor, evidence?, anyway?}`. */
export async function handler(request: unknown): Promise<DecisionOutcome> {
  const parsed = OperatorRequest.safeParse(request);
  if (!parsed.success) throw new MalformedPayload(z.prettifyError(parsed.error), { cause: parsed.error });
  const outcome = await desk.decide(parsed.data);
  logger.info('Parked order decided', { ...outcome });
  return outcome;
}
