import type { Rule } from './rule.ts';
import type { LedgerRow } from './snapshot-rows.ts';

/** As many payment methods one order may try. */
const MAX_METHODS = 5;

export const paidByOneIntent: Rule = {
  id: 'M13',
  says: 'whatever methods are tried, an order asks for its money by one intent, a few times, and after the first only if it was checked out so',
  when: 'always',
  needs: ['ledger'],
  *findings(books) {
    for (const [orderId, all] of Map.groupBy(books.ledger, (row) => row.orderId)) {
      const rows = all.filter(({ op, actor }) => op === 'CAPTURE' && actor === 'merchant');
      const keys = { orderId };
      const intents = new Set(rows.map(({ intent }) => intent));
      if (intents.size > 1) yield { keys, because: `${intents.size} intents were asked for its money`, rows };
      const attempts = new Set(rows.map(attemptOf));
      if (attempts.size > MAX_METHODS) yield { keys, because: `${attempts.size} methods were tried`, rows };
      const order = books.orders.get(orderId);
      const isAllowed = order === undefined || order.furtherFields?.['allowPaymentRetry'] === true;
      if (!isAllowed && Math.max(1, ...attempts) > 1) {
        yield { keys, because: 'another method was tried, and nobody allowed it', rows: [order, ...rows] };
      }
    }
  },
};

/** 2 of `<orderId>:confirm-2:1`, and 1 of `<orderId>:confirm:1`. */
function attemptOf({ key }: LedgerRow): number {
  return Number(/:confirm-(\d+):\d+$/.exec(key ?? '')?.[1] ?? 1);
}
