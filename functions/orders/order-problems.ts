import { orProblem } from '../platform/http/named-problems.ts';
import type { ProblemCode } from '../platform/http/problem-codes.ts';
import { OrderChanged, UnitsNotLeft } from './order-errors.ts';

const PROBLEM_OF_ERROR: ReadonlyMap<string, ProblemCode> = new Map<string, ProblemCode>([
  ['OrderNotFound', 'ORDER_NOT_FOUND'],
  ['OrderAlreadyShipped', 'ORDER_SHIPPED'],
  ['OrderNotConfirmed', 'ORDER_NOT_CONFIRMED'],
  ['OrderHeld', 'ORDER_HELD'],
  ['ParcelMismatch', 'PARCEL_MISMATCH'],
  ['OrderChanged', 'ORDER_CHANGED'],
  ['UnitsNotLeft', 'UNITS_NOT_LEFT'],
  ['ParcelNotFound', 'PARCEL_NOT_FOUND'],
  ['OrderNotShipped', 'ORDER_NOT_SHIPPED'],
  // Only the reservation and the stock rows: a condition on the order row is decided again, not refused.
  ['ConditionsFailed', 'STOCK_NOT_COMMITTED'],
]);

/** @throws ProblemError in the place of an error of an order's step that the caller can do something about. */
export function orOrderProblem<Result>(work: Promise<Result>): Promise<Result> {
  return orProblem(work, PROBLEM_OF_ERROR, factsOf);
}

function factsOf(error: unknown): Readonly<Record<string, unknown>> | undefined {
  if (error instanceof OrderChanged) return { version: error.version };
  return error instanceof UnitsNotLeft ? { left: error.left } : undefined;
}
