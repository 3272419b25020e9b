import { logger } from '../platform/logger.ts';
import { parsePayload } from '../platform/parse-payload.ts';
import { deployedOperatorDesk } from './deployed-operator-desk.ts';
import { OperatorRequest, type DecisionOutcome } from './operator-decision.ts';

const { desk } = deployedOperatorDesk();

/** Answers a parked order: `{orderId, step, decision: 'retry' | 'resolved', actor, evidence?, anyway?}`. */
export async function handler(request: unknown): Promise<DecisionOutcome> {
  const outcome = await desk.decide(parsePayload(OperatorRequest, request));
  logger.info('Parked order decided', { ...outcome });
  return outcome;
}
