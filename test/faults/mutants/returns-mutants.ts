import type { Mutant } from './mutant.ts';

/** Bugs in what comes back of shipped orders. */
export const RETURNS_MUTANTS: readonly Mutant[] = [
  {
    name: 'a return is refunded one cent short',
    file: 'functions/payments/refund-return.ts',
    search: 'const { currency, refundMinor: amountMinor } = accepted;',
    replace: 'const { currency, refundMinor } = accepted;\n  const amountMinor = refundMinor - 1;',
  },
  {
    name: 'a refund of a return is not found again',
    file: 'functions/payments/provider/refund-plan.ts',
    search: 'done: (refunds) => refunds.find((refund) => refund.returnId === returnId),',
    replace: 'done: (refunds) => refunds.find((refund) => refund.returnId === `${returnId}-`),',
  },
  {
    name: 'units that are written off stay shipped',
    file: 'functions/inventory/returned-stock.ts',
    search: "':all': all,",
    replace: "':all': restocked,",
  },
  {
    name: 'units that are written off are still received',
    file: 'functions/inventory/returned-stock.ts',
    search: "{ ':writtenOff': writtenOff }",
    replace: "{ ':writtenOff': 0 }",
  },
  {
    name: 'what a return brings into the stock is not noted',
    file: 'functions/inventory/returned-stock.ts',
    search: 'if (restocked === 0) return [update];',
    replace: 'if (restocked >= 0) return [update];',
  },
  {
    name: 'a closed return stays open on the order’s row',
    file: 'functions/orders/returns/return-closing.ts',
    search: 'const { open: _closed, ...returns } = order.returns ?? NOTHING_RETURNED;',
    replace: 'const returns = order.returns ?? NOTHING_RETURNED;',
  },
  {
    name: 'a return is accepted on an order that has changed since it was read',
    file: 'functions/orders/returns/return-rows.ts',
    search: "ConditionExpression: 'eventSeq = :standing AND #status",
    replace: "ConditionExpression: '(eventSeq = :standing OR eventSeq > :standing) AND #status",
  },
];
