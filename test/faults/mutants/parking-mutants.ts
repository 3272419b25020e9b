import type { Mutant } from './mutant.ts';

const PARKING = 'functions/parking/parking-lot.ts';

/** Bugs in what a parked order tells its operator. */
export const PARKING_MUTANTS: readonly Mutant[] = [
  {
    name: 'a step parks without a row',
    file: PARKING,
    search: 'this.#parkedPut(row, before), ',
    replace: '',
  },
  {
    name: 'a parking counts no event',
    file: PARKING,
    search: 'countEvent(this.#ordersTable, order), ',
    replace: '',
  },
  {
    name: 'a parked order that lists no money',
    file: 'functions/parking/open-positions.ts',
    search: 'exposureMinor: outcomeOpen || TAKEN.has(state) ? openMinor : 0,',
    replace: 'exposureMinor: outcomeOpen && TAKEN.has(state) ? openMinor : 0,',
  },
  {
    name: 'a broken execution is not parked',
    file: 'functions/parking/park-failed-execution.ts',
    search: 'await withOrderLog(failed.order, () => park(failed));',
    replace: "if (failed.errorName === '') await withOrderLog(failed.order, () => park(failed));",
  },
  {
    name: 'a refund that was made good is announced to nobody',
    file: 'functions/orders/repeated-refund.ts',
    search: 'return end.startsWith(PREFIX) ?',
    replace: 'return end.endsWith(PREFIX) ?',
  },
];
