import type { Context } from 'aws-lambda';
import { logger } from '../platform/logger.ts';
import { deployedPayments } from './deployed-payments.ts';
import { settleOpenPayments, type PollRound } from './open-payments.ts';

const payments = deployedPayments();

/** Runs every minute: settles payments whose webhook has not come. */
export async function handler(_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<PollRound> {
  return settleOpenPayments({ ...payments, logger }, () => context.getRemainingTimeInMillis());
}
