import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import {
  at,
  DECLINED,
  executionOf,
  PARKED,
  rowWhere,
  SHORT,
  SOLD,
  WITHDRAWN,
  without,
  type World,
} from './good-world.ts';
import { AFTERMATH_MUTATIONS } from './aftermath-mutations.ts';
import { RETURN_MUTATIONS } from './return-mutations.ts';
import { RETRY_MUTATIONS } from './retry-mutations.ts';
import { EXPOSURE_MUTATIONS } from './exposure-mutations.ts';
import type { Mutation } from './mutation.ts';
import type { Line } from './snapshot-rows.ts';
import { PROVIDER_MUTATIONS } from './provider-mutations.ts';

const captureOf = (world: World, orderId: string) => rowWhere(world.ledger, { orderId, op: 'CAPTURE' });
const orderOf = (world: World, orderId: string) => rowWhere(world.orders, { orderId });
const archivedOf = (world: World, name: string) => {
  const event = world.archive.events.find(({ detail }) => detail.eventId.endsWith(name));
  if (event === undefined) throw new Error(`no event ${name}`);
  return event;
};

/** A parcel of the sold order, whose status stays CONFIRMED. @param taken what left of the reservation. */
function leave(world: World, packed: readonly Line[], taken = packed): void {
  Object.assign(orderOf(world, SOLD), { parcels: [{ parcelId: '1', lines: packed }] });
  Object.assign(rowWhere(world.reservations, { orderId: SOLD }), { shippedLines: taken });
}

const stock: readonly Mutation[] = [
  ['S1', 'a unit vanished', (world) => (rowWhere(world.stock, { sku: 'CUP' }).available -= 1)],
  ['S1', 'a unit appeared', (world) => (rowWhere(world.stock, { sku: 'CUP' }).available += 1)],
  [
    'S1',
    'a hold was given back twice',
    (world) => Object.assign(rowWhere(world.stock, { sku: 'CUP' }), { available: 9, onHold: 1 }),
  ],
  ['S1', 'a reservation was lost', (world) => without(world.reservations, ({ orderId }) => orderId === SOLD)],
  [
    'S2',
    'a unit was sold twice',
    (world) => Object.assign(rowWhere(world.stock, { sku: 'LAMP' }), { available: -1, onHold: 1 }),
  ],
  [
    'S3',
    'another quantity was reserved',
    (world) => (rowWhere(world.reservations, { orderId: SOLD }).lines[0]!.quantity += 1),
  ],
  [
    'S3',
    'a reservation of nobody',
    (world) => world.reservations.push({ orderId: 'nobody', state: 'RELEASED', lines: [], releasedAt: at(1) } as never),
  ],
  [
    'S3',
    'a sale that was never held',
    (world) => Reflect.deleteProperty(rowWhere(world.reservations, { orderId: SOLD }), 'reservedAt'),
  ],
  ['S7', 'a parcel left, and its stock stayed', (world) => leave(world, [{ sku: 'CUP', quantity: 1 }], [])],
  ['S7', 'more left than was sold', (world) => leave(world, [{ sku: 'CUP', quantity: 2 }])],
  ['S7', 'a product left that was not sold', (world) => leave(world, [{ sku: 'LAMP', quantity: 1 }])],
  [
    'S7',
    'everything left, and the order is still to be shipped',
    (world) => leave(world, [{ sku: 'CUP', quantity: 1 }]),
  ],
  [
    'S4',
    'contention taken for want of stock',
    (world) => (rowWhere(world.executions, { name: SHORT }).failures = [{ error: 'TransactionConflict', cause: '' }]),
  ],
  [
    'S4',
    'a refusal by a row that had enough',
    (world) => (rowWhere(world.executions, { name: SHORT }).failures[0]!.cause = 'LAMP: wanted 1, available 1'),
  ],
  ['S5', 'a hold that nobody ends', (world) => (rowWhere(world.reservations, { orderId: DECLINED }).state = 'HELD')],
  [
    'S6',
    'a sale whose stock was released',
    (world) => (rowWhere(world.reservations, { orderId: SOLD }).state = 'RELEASED'),
  ],
  [
    'S6',
    'a cancellation that keeps stock',
    (world) => (rowWhere(world.reservations, { orderId: WITHDRAWN }).state = 'COMMITTED'),
  ],
];

const money: readonly Mutation[] = [
  ['M1', 'one cent too much was taken', (world) => (captureOf(world, SOLD).amountMinor += 1)],
  ['M1', 'money for no order', (world) => (captureOf(world, SOLD).orderId = 'nobody')],
  [
    'M2',
    'sold and not paid',
    (world) => without(world.ledger, ({ orderId, op }) => orderId === SOLD && op === 'CAPTURE'),
  ],
  ['M2', 'cancelled and not refunded', (world) => without(world.ledger, ({ op }) => op === 'REFUND')],
  ['M2', 'cancelled with an intent left open', (world) => without(world.ledger, ({ op }) => op === 'CANCEL')],
  ['M3', 'charged twice', (world) => world.ledger.push({ ...captureOf(world, SOLD), seq: 99, intent: 'pi_other' })],
  ['M3', 'charged in part', (world) => (captureOf(world, PARKED).amountMinor -= 1)],
  ['M4', 'a total that the lines do not make', (world) => (orderOf(world, SOLD).totalMinor += 1)],
  [
    'M4',
    'a price that was changed after checkout',
    (world) =>
      Object.assign(orderOf(world, SHORT), {
        totalMinor: 900,
        lines: [{ sku: 'LAMP', quantity: 1, unitPriceMinor: 900 }],
      }),
  ],
  ['M4', 'another currency charged', (world) => (captureOf(world, SOLD).currency = 'usd')],
  [
    'M5',
    'refunded twice',
    (world) =>
      world.ledger.push({ ...rowWhere(world.ledger, { op: 'REFUND' }), seq: 99, key: `${WITHDRAWN}:refund:2` }),
  ],
  ['M5', 'refunded before it was captured', (world) => (rowWhere(world.ledger, { op: 'REFUND' }).seq = 0)],
  ['M5', 'a random key', (world) => (captureOf(world, PARKED).key = '6d1c0d6e')],
  ['M5', 'the key of another operation', (world) => (captureOf(world, PARKED).key = `${PARKED}:refund:1`)],
  [
    'M5',
    'a row doubled',
    (world) => world.ledger.push({ ...rowWhere(world.ledger, { orderId: DECLINED, op: 'CREATE' }) }),
  ],
  ['M6', 'charged before it was reserved', (world) => (captureOf(world, SOLD).at = Date.parse(at(0)))],
  [
    'M6',
    'charged after the stock was given back',
    (world) => {
      world.history.forEach((row) =>
        Object.assign(row, row.orderId === WITHDRAWN && row.status === 'CANCELLING' && { at: at(9) }),
      );
      captureOf(world, WITHDRAWN).at = Date.parse(at(8));
    },
  ],
  [
    'M7',
    'we say charged, the provider does not',
    (world) => without(world.ledger, ({ orderId, op }) => orderId === SOLD && op === 'CAPTURE'),
  ],
  [
    'M7',
    'an intent that no row names',
    (world) => (rowWhere(world.payments, { orderId: SOLD }).paymentIntentId = 'pi_else'),
  ],
  ['M7', 'a payment left open', (world) => (rowWhere(world.payments, { orderId: DECLINED }).state = 'REQUESTED')],
  ['M7', 'we say another amount', (world) => (rowWhere(world.payments, { orderId: SOLD }).amountMinor += 1)],
];

const orders: readonly Mutation[] = [
  ['O1', 'an acknowledged order is lost', (world) => without(world.orders, ({ orderId }) => orderId === SOLD)],
  [
    'O2',
    'a basket checked out twice',
    (world) => {
      const row = { ...world.outbox[0]!, detailType: BasketCheckedOut.detailType, detail: '{"basketId":"b1"}' };
      world.outbox.push({ ...row, eventId: 'a' }, { ...row, eventId: 'b' });
    },
  ],
  [
    'O3',
    'an order that nobody asked for',
    (world) => {
      without(world.acknowledged, ({ orderId }) => orderId === SOLD);
      without(world.archive.events, ({ detail }) => detail.eventId === `${SOLD}.BasketCheckedOut`);
    },
  ],
  ['O4', 'confirmed without stock', (world) => (rowWhere(world.reservations, { orderId: SOLD }).state = 'HELD')],
  ['O4', 'confirmed without money', (world) => (rowWhere(world.payments, { orderId: SOLD }).state = 'REQUESTED')],
  [
    'O4',
    'stock committed long before',
    (world) => (rowWhere(world.reservations, { orderId: SOLD }).committedAt = at(-60)),
  ],
  ['O5', 'a reason that customers do not know', (world) => (orderOf(world, SHORT).reason = 'OTHER')],
  [
    'O5',
    'cancelled with the payment standing',
    (world) => (rowWhere(world.payments, { orderId: WITHDRAWN }).state = 'CHARGED'),
  ],
  ['O6', 'ended and parked', (world) => (world.parked[0]!.orderId = DECLINED)],
  [
    'O7',
    'a transition is missing',
    (world) => without(world.history, ({ orderId, version }) => orderId === SOLD && version === 2),
  ],
  ['O7', 'a transition doubled', (world) => world.history.push({ ...world.history[0]! })],
  [
    'O7',
    'out of a terminal status',
    (world) => Object.assign(rowWhere(world.history, { orderId: DECLINED, version: 2 }), { status: 'CONFIRMED' }),
  ],
  ['O7', 'the order is ahead of its history', (world) => (orderOf(world, SOLD).version += 1)],
  ['O7', 'time ran backwards', (world) => (rowWhere(world.history, { orderId: SOLD, version: 3 }).at = at(1))],
  ['O8', 'a reason off the list', (world) => (world.parked[0]!.reason = 'WHATEVER')],
  ['O8', 'no next action', (world) => (world.parked[0]!.nextAction = '')],
  ['O8', 'closed by nobody', (world) => Reflect.deleteProperty(world.parked[0]!, 'parkedState')],
  ['O9', 'an order that nobody works on', (world) => world.parked.splice(0)],
];

const events: readonly Mutation[] = [
  [
    'E1',
    'an end that was never announced',
    (world) => without(world.archive.events, ({ detail }) => detail.eventId === `${DECLINED}.OrderCancelled`),
  ],
  [
    'E1',
    'an end announced under two ids',
    (world) => {
      const event = archivedOf(world, `${SOLD}.OrderConfirmed`);
      world.archive.events.push({ ...event, detail: { ...event.detail, eventId: `${SOLD}.OrderConfirmed.2` } });
    },
  ],
  [
    'E2',
    'a copy with other content',
    (world) => {
      const event = archivedOf(world, `${SOLD}.OrderConfirmed`);
      world.archive.events.push({ ...event, detail: { ...event.detail, totalMinor: 1 } });
    },
  ],
  [
    'E3',
    'an event was deleted from the archive',
    (world) => without(world.archive.events, ({ detail }) => detail.eventId === `${SOLD}.OrderPlaced`),
  ],
  [
    'E3',
    'published outside the transaction',
    (world) => without(world.outbox, ({ eventId }) => eventId === `${SOLD}.OrderPlaced`),
  ],
  [
    'E4',
    'an event without its row',
    (world) => without(world.outbox, ({ eventId }) => eventId === `${SOLD}.OrderConfirmed`),
  ],
  ['E4', 'published before it was true', (world) => (archivedOf(world, `${SOLD}.OrderConfirmed`).time = at(2))],
  [
    'E5',
    'listeners believe something else',
    (world) => without(world.archive.events, ({ detail }) => detail.eventId === `${SOLD}.OrderConfirmed`),
  ],
  [
    'E6',
    'a number is missing',
    (world) => without(world.outbox, ({ eventId }) => eventId === `${SOLD}.PaymentActionRequired`),
  ],
  ['E6', 'a number given twice', (world) => (rowWhere(world.outbox, { eventId: `${SOLD}.OrderConfirmed` }).seq = 2)],
];

const executions: readonly Mutation[] = [
  [
    'X1',
    'a second execution moved the order',
    (world) => (rowWhere(world.history, { orderId: SOLD, version: 3 }).executionId = executionOf(`${SOLD}.r1`)),
  ],
  [
    'X1',
    'moved by its execution after a restore had begun it anew',
    (world) =>
      (rowWhere(world.history, { orderId: SOLD, version: 2 }).executionId = executionOf(`${SOLD}.r20260115t090000z`)),
  ],
  [
    'X1',
    'the execution of another order',
    (world) => (rowWhere(world.history, { orderId: SOLD, version: 3 }).executionId = executionOf(SHORT, 'other')),
  ],
  ['X3', 'a key without an operation', (world) => (world.idempotency[0]!.id = 'hash1')],
  ['X3', 'a key that operations share', (world) => (world.idempotency[0]!.id = 'shop#hash2')],
  [
    'X4',
    'a webhook left lying that nobody else learnt of',
    (world) => {
      world.inbox[0]!.state = 'RECEIVED';
      rowWhere(world.payments, { orderId: SOLD }).state = 'AWAITING_CUSTOMER';
    },
  ],
  ['X4', 'a webhook matched to another order', (world) => (world.inbox[0]!.orderId = DECLINED)],
  ['X5', 'a checkout that vanished', (world) => without(world.orders, ({ orderId }) => orderId === SHORT)],
  ['L2', 'an execution that ran in circles', (world) => (world.executions[0]!.eventCount = 1_001)],
  [
    'L2',
    'a provider called without end',
    (world) => Array.from({ length: 12 }, () => world.ledger.push({ ...captureOf(world, SOLD), ok: false })),
  ],
  [
    'X7',
    'a card number in an event',
    (world) => (archivedOf(world, `${SOLD}.OrderConfirmed`).detail['note'] = 'card 4242 4242 4242 4242'),
  ],
  ['X7', 'a webhook secret in a log', (world) => world.logLines.push('{"secret":"whsec_1234567890"}')],
  [
    'X7',
    'an API key in a dead letter',
    (world) => world.deadLetters.push({ queue: 'Checkout', messageId: 'm1', body: 'sk_live_12345678' }),
  ],
  [
    'X9',
    'a contact of somebody who was erased',
    (world) => (world.people = { erased: ['eve'], traces: [{ place: 'OrderContacts', customerId: 'eve', key: SOLD }] }),
  ],
  ['X7', 'a task token in a log', (world) => world.logLines.push('waiting on token-of-the-parked-order')],
  [
    'R1',
    'a row that nobody can read',
    (world) => (world.malformed = [{ place: 'Stock', key: 'CUP', because: 'available: expected number' }]),
  ],
];

export const MUTATIONS: readonly Mutation[] = [
  ...stock,
  ...money,
  ...orders,
  ...events,
  ...executions,
  ...AFTERMATH_MUTATIONS,
  ...RETRY_MUTATIONS,
  ...RETURN_MUTATIONS,
  ...EXPOSURE_MUTATIONS,
  ...PROVIDER_MUTATIONS,
];
