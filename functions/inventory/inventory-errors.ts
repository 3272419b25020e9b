import type { OutcomeError } from '../../workflows/workflow-names.ts';
import { BusinessOutcome } from '../platform/errors.ts';

/** Outcomes of a step on the stock. All terminal: retrying cannot change them. */

/** One line that the stock could not serve. `available` is undefined for a SKU without a stock row. */
export interface Shortage {
  readonly sku: string;
  readonly wanted: number;
  readonly available: number | undefined;
}

/** The stock rows themselves said that they hold fewer units than wanted; contention never ends in this. */
export class OutOfStock extends BusinessOutcome {
  override readonly name = 'OutOfStock' satisfies OutcomeError;
  readonly shortages: readonly Shortage[];

  constructor(shortages: readonly Shortage[], options: ErrorOptions) {
    const each = shortages.map(
      ({ sku, wanted, available }) => `${sku}: wanted ${wanted}, available ${available ?? 'none'}`,
    );
    super(each.join('; '), options);
    this.shortages = shortages;
  }
}

/** The SKUs in the message of an OutOfStock: nothing else of an error leaves a function. */
export function shortSkusIn(message: string): ReadonlySet<string> {
  return new Set(message.split('; ').flatMap((each) => /^(\S+): wanted \d/.exec(each)?.[1] ?? []));
}

/** The hold was released, or its tombstone written, before this step came: the order is being cancelled. */
export class ReservationReleased extends Error {
  override readonly name = 'ReservationReleased';
}

/** Another set of lines is reserved under this order id. */
export class ReservationMismatch extends Error {
  override readonly name = 'ReservationMismatch';
}

/** The stock has left the warehouse: a release cannot bring it back. */
export class ReservationShipped extends Error {
  override readonly name = 'ReservationShipped';
}

/** The stock is sold: the saga's compensation must not take it back. */
export class ReservationCommitted extends Error {
  override readonly name = 'ReservationCommitted';
}
