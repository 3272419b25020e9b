import type { Context } from 'aws-lambda';
import { systemClock } from '../platform/clock.ts';
import { envVar } from '../platform/env-var.ts';
import { logger } from '../platform/logger.ts';
import { deployedEventIntake } from './deployed-event-intake.ts';
import { deployedPayments } from './deployed-payments.ts';
import { followEvents } from './followed-events.ts';
import { settleOpenPayments, type PollRound } from './open-payments.ts';
import { isFilledIn } from './provider/payment-secret.ts';
import { StripeClient } from './provider/stripe-client.ts';
import { StripeEvents } from './provider/stripe-events.ts';

const payments = deployedPayments();
const client = new StripeClient({ apiUrl: envVar('PAYMENT_API_URL'), secret: payments.secret });
const followed = {
  ...deployedEventIntake(payments),
  events: new StripeEvents(client),
  logger,
  clock: systemClock,
};

/**
 * Runs every minute: settles payments whose webhook has not come, and follows what happened to charges afterwards. A
 * fresh deployment has nobody to ask, and says so.
 * @throws the failures of both; one does not keep the other from its work.
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
  const [round, found] = await Promise.allSettled([
    settleOpenPayments({ ...payments, logger }, remainingMs),
    followEvents(followed, remainingMs),
  ]);
  if (round.status === 'fulfilled' && found.status === 'fulfilled') return { ...round.value, foundEvents: found.value };
  const failures = [round, found].flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  throw failures.length === 1 ? failures[0] : new AggregateError(failures, 'Neither half of the round is done');
}
