import type { Context } from 'aws-lambda';
import { systemClock } from '../platform/clock.ts';
import { envVar } from '../platform/env-var.ts';
import { logger } from '../platform/logger.ts';
import { deployedEventIntake } from './deployed-event-intake.ts';
import { deployedPayments } from './deployed-payments.ts';
import { deployedSettlement } from './deployed-settlement.ts';
import { FOLLOWED_LISTS, followEvents } from './followed-events.ts';
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
 * Runs every few minutes, as often as the provider's allotment of reads allows (docs/decisions/0028): follows what no
 * webhook could tell. A fresh deployment has nobody to ask, and says so.
 * @throws the failures of all lists; none keeps another from being followed.
 */
export async function handler(
  _event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<{ readonly foundEvents: number }> {
  if (!isFilledIn(await payments.secret.get())) {
    logger.warn('The payment secret is not filled in yet: there is nobody to ask about events');
    return { foundEvents: 0 };
  }
  const remainingMs = () => context.getRemainingTimeInMillis();
  const rounds = FOLLOWED_LISTS.map((list) => followEvents(followed, list, remainingMs));
  const ends = await Promise.allSettled(rounds);
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} lists of events are not followed`);
  const found = await Promise.all(rounds); // throws the one failure
  return { foundEvents: found.reduce((sum, count) => sum + count, 0) };
}
