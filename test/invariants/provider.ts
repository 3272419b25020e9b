import type { Rule } from './rule.ts';
import type { InboxRow, LedgerRow } from './snapshot-rows.ts';

/** What the provider tells of, by the type of its event. Other types move no money. */
const TOLD_BY: Readonly<Record<string, Pick<LedgerRow, 'op' | 'ok'>>> = {
  'payment_intent.succeeded': { op: 'CAPTURE', ok: true },
  'payment_intent.payment_failed': { op: 'CAPTURE', ok: false },
  'payment_intent.canceled': { op: 'CANCEL', ok: true },
  'charge.refunded': { op: 'REFUND', ok: true },
};

export const refundIsOnRecord: Rule = {
  id: 'M8',
  says: 'a refund that our payment row names is one that the provider made for that payment',
  when: 'atRest',
  needs: ['ledger'],
  *findings(books) {
    for (const payment of books.payments.values()) {
      const { orderId, state, paymentIntentId, refundId } = payment;
      const refunds = books.ledgerOf(orderId).filter((row) => row.op === 'REFUND' && row.ok);
      // Books from before the provider's ledger named its refunds.
      if (state !== 'REFUNDED' || refunds.some((row) => typeof row.refund !== 'string')) continue;
      if (refunds.some((row) => row.refund === refundId && row.intent === paymentIntentId)) continue;
      yield { keys: { orderId }, because: `the provider made no refund ${refundId}`, rows: [payment, ...refunds] };
    }
  },
};

export const declineIsTheirWord: Rule = {
  id: 'M9',
  says: 'an order is cancelled as declined only when the provider refused its money, or would not make an intent for it',
  when: 'atRest',
  needs: ['ledger'],
  *findings(books) {
    for (const order of books.orders.values()) {
      const { orderId, reason } = order;
      const rows = books.ledgerOf(orderId);
      if (reason !== 'PAYMENT_DECLINED' || rows.length === 0) continue;
      if (rows.some((row) => row.op === 'CAPTURE' && !row.ok)) continue;
      yield { keys: { orderId }, because: 'the provider declined nothing', rows: [order, ...rows] };
    }
  },
};

export const inboxHoldsTruth: Rule = {
  id: 'X8',
  says: 'what stands in the webhook inbox is borne out by the provider’s books: nobody else was believed',
  when: 'atRest',
  needs: ['ledger'],
  *findings({ snapshot, ledger }) {
    const facts = new Set(ledger.map(factOf));
    for (const row of snapshot.inbox) {
      const fact = claimOf(row);
      if (fact === undefined || facts.has(fact)) continue;
      const { providerEventId } = row;
      yield { keys: { providerEventId }, because: `the provider’s books have no ${fact}`, rows: [row] };
    }
  },
};

export const providerRules = [refundIsOnRecord, declineIsTheirWord, inboxHoldsTruth];

function factOf({ op, ok, intent }: Pick<LedgerRow, 'op' | 'ok' | 'intent'>): string {
  return `${ok ? '' : 'failed '}${op} of ${intent}`;
}

/** Undefined when the event says nothing about money. */
function claimOf({ type, paymentIntentId }: InboxRow): string | undefined {
  const told = TOLD_BY[type ?? ''];
  if (told === undefined || paymentIntentId === undefined) return undefined;
  return factOf({ ...told, intent: paymentIntentId });
}
