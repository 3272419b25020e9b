import type { Mutant } from './mutant.ts';

/**
 * Bugs in how a person is forgotten. The fault lab erases nobody: `npm run campaigns -- erasures` plays these, killed at
 * each call of the erasure too.
 */
export const ERASURE_MUTANTS: readonly Mutant[] = [
  {
    name: 'names and addresses of orders stay',
    file: 'functions/customers/customer-erasure.ts',
    search: 'await orders.deleteContacts(orderIds);',
    replace: '',
  },
  {
    name: 'only the newest order is forgotten',
    file: 'functions/customers/customer-erasure.ts',
    search: 'await orders.deleteContacts(orderIds);',
    replace: 'await orders.deleteContacts(orderIds.slice(0, 1));',
  },
  {
    name: 'the names are deleted before they are searched for',
    file: 'functions/customers/customer-erasure.ts',
    search: 'await orders.eraseFromTexts(orderIds, eraserOf(identifiers));\n    await orders.deleteContacts(orderIds);',
    replace:
      'await orders.deleteContacts(orderIds);\n    await orders.eraseFromTexts(orderIds, eraserOf(identifiers));',
  },
  {
    name: 'what operators wrote about a return stays',
    file: 'functions/customers/customer-orders.ts',
    search: "[RETURN_ITEMS]: ['reason'],",
    replace: '[RETURN_ITEMS]: [],',
  },
  {
    name: 'the note of the stock about a return stays',
    file: 'functions/customers/customer-orders.ts',
    search: ', ...(await this.#stockNotesOf(orderId, rows))',
    replace: '',
  },
  {
    name: 'a word of a name is not looked for by itself',
    file: 'functions/customers/erased-text.ts',
    search: ', ...names.flatMap((name) => name.split(/[\\s,]+/u))',
    replace: '',
  },
  {
    name: 'the account stays',
    file: 'functions/customers/customer-erasure.ts',
    search: 'await accounts.remove(customerId);',
    replace: '',
  },
  {
    name: 'it is over before it is done',
    file: 'functions/customers/customer-erasure.ts',
    search: "const record = { customerId, state: 'UNDER_WAY', requestedAt",
    replace: "const record = { customerId, state: 'ERASED' as 'UNDER_WAY', requestedAt",
  },
];
