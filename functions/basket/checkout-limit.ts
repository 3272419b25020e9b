import * as z from 'zod';
import { ProblemError } from '../platform/http/problem.ts';

/** The checkouts of a customer in the hour that began with the first of them. */
export const CheckoutHour = z.object({ sinceEpochSeconds: z.int(), checkouts: z.int().positive() });
export type CheckoutHour = z.infer<typeof CheckoutHour>;

const HOUR_SECONDS = 3600;

/**
 * Counts one more checkout. Nobody buys so often; who tries stolen cards does, and each attempt writes to somebody.
 * @throws ProblemError CHECKOUT_LIMIT, with the time until the hour is over, when there were `limit` already.
 */
export function oneMore(hour: CheckoutHour | undefined, nowSeconds: number, limit: number): CheckoutHour {
  if (hour === undefined || hour.sinceEpochSeconds + HOUR_SECONDS <= nowSeconds) {
    return { sinceEpochSeconds: nowSeconds, checkouts: 1 };
  }
  if (hour.checkouts >= limit) {
    const seconds = hour.sinceEpochSeconds + HOUR_SECONDS - nowSeconds;
    throw new ProblemError('CHECKOUT_LIMIT', { headers: { 'retry-after': String(seconds) } });
  }
  return { ...hour, checkouts: hour.checkouts + 1 };
}
