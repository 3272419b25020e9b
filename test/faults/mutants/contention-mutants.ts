import type { Mutant } from './mutant.ts';

const TRANSACTION = 'functions/platform/transaction.ts';

/** Bugs in what is done when others hold the same rows. */
export const CONTENTION_MUTANTS: readonly Mutant[] = [
  {
    name: 'a conflict taken for out of stock',
    file: TRANSACTION,
    search: "if (isCancelled(error) && codesOf(error).includes('ConditionalCheckFailed')) return",
    replace: 'if (isCancelled(error)) return',
  },
  {
    name: 'a conflict taken for done',
    file: TRANSACTION,
    search: 'throw outcomeOf(error, items);',
    replace: 'if (!isContention(error)) throw outcomeOf(error, items);',
  },
  {
    name: 'a conflict that nobody knows as one',
    file: TRANSACTION,
    search: 'codesOf(error).some((code) => TRANSIENT_CODES.has(code))',
    replace: "codesOf(error).every((code) => code === 'TransactionInProgress')",
  },
  {
    name: 'a single write that meets a transaction fails for good',
    file: 'functions/platform/store-errors.ts',
    search: "return new TransactionConflict('A transaction holds the row', { cause: error });",
    replace: 'return error;',
  },
  {
    name: 'a single write that meets a transaction taken for one that came too late',
    file: 'functions/payments/ledger/payment-rows.ts',
    search: "return isErrorNamed(error, 'ConditionalCheckFailedException');",
    replace: "return isErrorNamed(error, 'ConditionalCheckFailedException', 'TransactionConflict');",
  },
  {
    name: 'a conflict answered with 500',
    file: 'functions/platform/http/serve.ts',
    search: 'if (isStoreBusy(error)) {',
    replace: "if (isStoreBusy(error) && error.name === 'StoreUnavailable') {",
  },
  {
    name: 'workflow: contended rows are not tried again',
    file: 'workflows/order-saga.asl.json',
    search: '"MaxAttempts": 75',
    everywhere: true,
    replace: '"MaxAttempts": 0',
  },
];
