import type { Context } from 'aws-lambda';
import { systemClock } from '../platform/clock.ts';
import { envVar } from '../platform/env-var.ts';
import { logger } from '../platform/logger.ts';
import { deployedEventIntake } from './deployed-event-intake.ts';
import { deployedPayments } from './deployed-payments.ts';
import { deployedSettlement } from './deployed-settlement.ts';
import { AFTERMATH, followEvents, UNDELIVERED_SETTLEMENTS } from './followed-events.ts';
import { settleOpenPayments, type PollRound } from './open-payments.ts';
import { isFilledIn } from './provider/payment-secret.ts';
import { StripeClient } from './provider/stripe-client.ts';
import { StripeEvents } from './provider/stripe-events.ts';

const payments = deployedSettlement(deployedPayments());
const client = new StripeClient({ apiUrl: envVar('PAYMENT_API_URL'), secret: payments.secret });
const followed = {
  ...deployedEventIntake(payments),
  events: new StripeEvents(client),
  logger,
  clock: systemClock,
};

/**
 * Runs every minute: settles payments that customers are awaited for, and follows what no webhook could tell of others.
 * A fresh deployment has nobody to ask, and says so.
 * @throws the failures of all parts; none keeps another from its work.
 */
export async function handler(
  _event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<PollRound & { readonly foundEvents: number }> {
  if (!isFilledIn(await payments.secret.get())) {
    logger.warn('The payment secret is not filled in yet: there is nobody to ask about payments');
    return { lookedUp: 0, settled: 0, foundEvents: 0 };
  }
  const remainingMs = () => context.getRemainingTimeInMillis();
  const parts = [
    settleOpenPayments({ ...payments, logger }, remainingMs),
    followEvents(followed, AFTERMATH, remainingMs),
    followEvents(followed, UNDELIVERED_SETTLEMENTS, remainingMs),
  ] as const;
  const ends = await Promise.allSettled(parts);
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} parts of the round are not done`);
  const [round, ...found] = await Promise.all(parts); // throws the one failure
  return { ...round, foundEvents: found[0] + found[1] };
}
