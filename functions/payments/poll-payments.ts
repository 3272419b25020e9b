import type { Context } from 'aws-lambda';
import { logger } from '../platform/logger.ts';
import { deployedPayments } from './deployed-payments.ts';
import { deployedSettlement } from './deployed-settlement.ts';
import { settleOpenPayments, type PollRound } from './open-payments.ts';
import { isFilledIn } from './provider/payment-secret.ts';

const payments = deployedSettlement(deployedPayments());

/**
 * Runs every minute: settles payments that customers are awaited for. It asks the provider only about these. A fresh
 * deployment has nobody to ask, and says so.
 * @throws AggregateError when look-ups failed; the others were settled.
 */
export async function handler(_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<PollRound> {
  if (!isFilledIn(await payments.secret.get())) {
    logger.warn('The payment secret is not filled in yet: there is nobody to ask about payments');
    return { lookedUp: 0, settled: 0 };
  }
  return settleOpenPayments({ ...payments, logger }, () => context.getRemainingTimeInMillis());
}
