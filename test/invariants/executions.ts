import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { BEGUN_ANEW, type Books } from './books.ts';
import type { Rule } from './rule.ts';
import type { InboxRow } from './snapshot-rows.ts';

/** A step that is contended to the end takes 76 attempts of four events each; it can be, and be retried by an operator. */
const MAX_HISTORY_EVENTS = 1_000;
const MAX_PROVIDER_CALLS = 12;
/** Each under a prefix of its own, or they would answer each other. Mails were remembered here until decision 18. */
const REMEMBERED_OPERATIONS: readonly string[] = ['refund-payment', 'send-mail', 'adjust-stock', 'confirm-payment'];
const INBOX_ENDS: readonly string[] = ['MATCHED', 'UNMATCHED', 'PARKED'];

export const oneEffectiveExecution: Rule = {
  id: 'X1',
  says: 'the transitions of an order were made by executions of its own, one of each workflow, and then by those that a restore began anew',
  when: 'always',
  *findings(books) {
    for (const { orderId } of books.orders.values()) {
      const history = books.historyOf(orderId);
      const arns = new Set(history.map((row) => row.executionId).filter((arn) => arn !== undefined));
      for (const arn of arns) {
        if (!nameOf(arn).startsWith(orderId))
          yield { keys: { orderId, arn }, because: 'not its own execution', rows: history };
      }
      const moves = history.map(({ executionId }) => executionId).filter((arn) => arn !== undefined);
      if (!areInTurn(moves) || [...Map.groupBy(arns, workflowOf).values()].some(areRivals))
        yield { keys: { orderId }, because: 'two executions of one workflow moved it', rows: history };
    }
  },
};

/** Executions of one workflow, in the order in which they moved their order: all but the first were begun anew. */
function areRivals([_first, ...others]: readonly string[]): boolean {
  return others.some((arn) => !BEGUN_ANEW.test(nameOf(arn)));
}

/** Once another one of its workflow has moved the order, an execution moves it no more. */
function areInTurn(moves: readonly string[]): boolean {
  return moves.every((arn, index) => {
    const since = moves.slice(moves.indexOf(arn), index);
    return since.every((other) => other === arn || workflowOf(other) !== workflowOf(arn));
  });
}

export const idempotencyIsTrue: Rule = {
  id: 'X3',
  says: 'a remembered answer belongs to one operation and tells what really happened',
  when: 'atRest',
  *findings(books) {
    for (const row of books.snapshot.idempotency) {
      const keys = { id: row.id };
      const [operation = '', key = ''] = row.id.split('#');
      if (!REMEMBERED_OPERATIONS.includes(operation) || key === '')
        yield { keys, because: 'its key names no operation', rows: [row] };
      if (row.status !== 'COMPLETED' || row.data === undefined) continue;
      if (operation !== 'refund-payment') continue;
      const { orderId, refundId } = row.data;
      const payment = books.payments.get(String(orderId));
      if (payment?.['refundId'] === refundId || isLeftToOperator(books, String(orderId))) continue;
      // It was made, came to nothing, and another one followed.
      if (books.ledger.some((entry) => entry.op === 'REFUND_FAILED' && entry.refund === refundId)) continue;
      yield { keys, because: 'the payment row of its order does not have its refund', rows: [row, payment] };
    }
  },
};

/** Keys of rows that say how far a list of the provider's events was followed: they are no events. */
const POSITIONS: readonly string[] = ['followed-until', 'undelivered-until'];

export const inboxIsWorkedOff: Rule = {
  id: 'X4',
  says: 'every event of the provider was worked through, or its payment is settled or parked without it; a matched one belongs to a payment',
  when: 'atRest',
  *findings(books) {
    const { snapshot, payments } = books;
    for (const row of snapshot.inbox) {
      if (POSITIONS.includes(row.providerEventId)) continue;
      const keys = { providerEventId: row.providerEventId };
      const isLeft = !INBOX_ENDS.includes(row.state) && !isKnownOtherwise(books, row);
      if (isLeft) yield { keys, because: `still ${row.state}`, rows: [row] };
      const payment = payments.get(row.orderId ?? '');
      if (row.state === 'MATCHED' && payment?.paymentIntentId !== row.paymentIntentId)
        yield { keys, because: 'matched to a payment that it is not about', rows: [row, payment] };
    }
  },
};

export const nothingVanishes: Rule = {
  id: 'X5',
  says: 'every checkout event on the bus became an order or waits in a dead-letter queue',
  when: 'atRest',
  needs: ['archive'],
  *findings(books) {
    for (const event of books.archived) {
      const { orderId } = event.detail;
      const type = event['detail-type'];
      if (type !== BasketCheckedOut.detailType || orderId === undefined || books.orders.has(orderId)) continue;
      if (books.isDeadLetter(orderId, type)) continue;
      yield { keys: { orderId }, because: 'neither an order nor a dead letter', rows: [event] };
    }
  },
};

export const workIsBounded: Rule = {
  id: 'L2',
  says: `no order costs more than ${MAX_HISTORY_EVENTS} history events and ${MAX_PROVIDER_CALLS} changes at the provider`,
  when: 'always',
  *findings(books) {
    for (const execution of books.executions.values()) {
      if (execution.eventCount > MAX_HISTORY_EVENTS)
        yield { keys: { arn: execution.arn }, because: `${execution.eventCount} events`, rows: [execution] };
    }
    for (const [orderId, rows] of Map.groupBy(books.ledger, (row) => row.orderId)) {
      if (rows.length > MAX_PROVIDER_CALLS) yield { keys: { orderId }, because: `${rows.length} ledger rows`, rows };
    }
  },
};

export const executionRules = [
  oneEffectiveExecution,
  idempotencyIsTrue,
  inboxIsWorkedOff,
  nothingVanishes,
  workIsBounded,
];

/** The provider could not be asked for as long as it sent the event; what it had to tell was learnt by other ways. */
function isKnownOtherwise(books: Books, { paymentIntentId }: InboxRow): boolean {
  const payment = books.snapshot.payments.find((row) => row.paymentIntentId === paymentIntentId);
  if (payment === undefined) return false;
  const isOpen = payment.state === 'REQUESTED' || payment.state === 'AWAITING_CUSTOMER';
  return !isOpen || books.openParkingsOf(payment.orderId).length > 0;
}

/** A refund that was made, though not noted: the order is parked and its retry finds it, or a person settled it. */
function isLeftToOperator(books: Books, orderId: string): boolean {
  if (books.isResolvedByHand(orderId, 'Refund payment')) return true;
  const isMade = books.snapshot.ledger === undefined || books.moneyOf(orderId).refundedMinor > 0;
  return isMade && books.waitsForOperator(orderId);
}

/** arn:…:execution:<workflow>:<name> */
function nameOf(arn: string): string {
  return arn.split(':').at(-1) ?? '';
}

function workflowOf(arn: string): string {
  return arn.split(':').at(-2) ?? '';
}
