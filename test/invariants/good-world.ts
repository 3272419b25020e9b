import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { canonicalJson } from '../../events/canonical-json.ts';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { OrderPlaced } from '../../events/order-placed.ts';
import { PaymentActionRequired } from '../../events/payment-action-required.ts';
import type { Snapshot } from './snapshot.ts';

/** A snapshot whose arrays and rows a test may change: what a bug would have left behind. */
export type World = Mutable<Snapshot>;

type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]-?: Mutable<NonNullable<T[Key]>> }
    : T;

export const SOLD = '01K2Z5N8W00000000000000001';
export const DECLINED = '01K2Z5N8W00000000000000002';
export const SHORT = '01K2Z5N8W00000000000000003';
export const PARKED = '01K2Z5N8W00000000000000004';
export const WITHDRAWN = '01K2Z5N8W00000000000000005';

const MACHINE = 'arn:aws:states:us-east-1:000000000000';

interface Story {
  readonly orderId: string;
  readonly sku: string;
  /** Statuses with the event that announces each, if any. */
  readonly path: readonly (readonly [status: string, event?: string])[];
  readonly reason?: string;
}

/**
 * Five orders that went every way: sold, declined, out of stock, parked at its refund, and sold then withdrawn and
 * refunded. Every rule holds.
 */
export function goodWorld(): World {
  const stories: readonly Story[] = [
    {
      orderId: SOLD,
      sku: 'CUP',
      path: [
        ['PENDING', OrderPlaced.name],
        ['AWAITING_CUSTOMER', PaymentActionRequired.name],
        ['CONFIRMED', OrderConfirmed.name],
      ],
    },
    {
      orderId: DECLINED,
      sku: 'CUP',
      path: [['PENDING', OrderPlaced.name], ['CANCELLING'], ['CANCELLED', OrderCancelled.name]],
      reason: 'PAYMENT_DECLINED',
    },
    {
      orderId: SHORT,
      sku: 'LAMP',
      path: [
        ['PENDING', OrderPlaced.name],
        ['CANCELLED', OrderCancelled.name],
      ],
      reason: 'OUT_OF_STOCK',
    },
    { orderId: PARKED, sku: 'CUP', path: [['PENDING', OrderPlaced.name], ['CANCELLING']], reason: 'INTERNAL_ERROR' },
    {
      orderId: WITHDRAWN,
      sku: 'CUP',
      path: [
        ['PENDING', OrderPlaced.name],
        ['CONFIRMED', OrderConfirmed.name],
        ['CANCELLING'],
        ['CANCELLED', OrderCancelled.name],
      ],
      reason: 'CANCELLED_BY_SHOP',
    },
  ];
  const told = stories.map(tell);
  const parking = parkingOf(PARKED);
  const world: Omit<Snapshot, 'archive'> = {
    takenAt: at(600),
    orders: told.map(({ order }) => order),
    history: told.flatMap(({ history }) => history),
    returns: [],
    parked: [parking.row],
    outbox: [...told.flatMap(({ outbox }) => outbox), parking.event],
    stockChanges: [],
    stock: [
      { sku: 'CUP', available: 8, onHold: 2, shipped: 0, received: 10, version: 9 },
      { sku: 'LAMP', available: 0, onHold: 0, shipped: 0, received: 0, version: 1 },
      { sku: 'HOT', available: 0, onHold: 0, shipped: 0, received: 2, moved: -2, version: 2, shards: 1, shardRows: 1 },
      { sku: 'HOT#1', available: 2, onHold: 0, shipped: 0, received: 0, moved: 2, version: 1 },
    ],
    reservations: [
      { orderId: SOLD, state: 'COMMITTED', lines: lineOf('CUP'), reservedAt: at(1), committedAt: at(4) },
      { orderId: DECLINED, state: 'RELEASED', lines: lineOf('CUP'), reservedAt: at(1), releasedAt: at(5) },
      { orderId: SHORT, state: 'RELEASED', lines: [], releasedAt: at(5) },
      { orderId: PARKED, state: 'HELD', lines: lineOf('CUP'), reservedAt: at(1) },
      {
        orderId: WITHDRAWN,
        state: 'RELEASED',
        lines: lineOf('CUP'),
        reservedAt: at(1),
        committedAt: at(2),
        releasedAt: at(6),
      },
    ],
    payments: [
      payment(SOLD, 'CHARGED', { paymentIntentId: 'pi_sold' }),
      payment(DECLINED, 'CANCELLED', { paymentIntentId: 'pi_declined' }),
      payment(SHORT, 'CANCELLED'),
      payment(PARKED, 'CHARGED', { paymentIntentId: 'pi_parked', taskToken: 'token-of-the-parked-order' }),
      payment(WITHDRAWN, 'REFUNDED', { paymentIntentId: 'pi_withdrawn', refundId: 're_1' }),
    ],
    inbox: [
      {
        providerEventId: 'evt_1',
        type: 'payment_intent.succeeded',
        state: 'MATCHED',
        orderId: SOLD,
        paymentIntentId: 'pi_sold',
      },
    ],
    idempotency: [
      { id: 'refund-payment#hash2', status: 'COMPLETED', data: { orderId: WITHDRAWN, refundId: 're_1' } },
      { id: 'adjust-stock#CUP#hash3', adjustBy: 2, expiration: 1_800_000_000 },
    ],
    ledger: ledger(),
    executions: stories.map(({ orderId }) => ({
      arn: executionOf(orderId),
      name: orderId,
      status: orderId === PARKED ? 'RUNNING' : 'SUCCEEDED',
      eventCount: 22,
      ...(orderId === SHORT && { failures: [{ error: 'OutOfStock', cause: 'LAMP: wanted 1, available 0' }] }),
    })),
    deadLetters: [],
    queuedMessages: 0,
    acknowledged: stories.map(({ orderId }) => ({ orderId, acknowledgedAt: at(0) })),
    logLines: ['{"level":"INFO","message":"Order confirmed"}'],
  };
  const checkouts = world.orders.map((order) => ({
    source: 'shop.basket',
    'detail-type': BasketCheckedOut.detailType,
    time: at(0),
    detail: { ...order, eventId: `${order.orderId}.BasketCheckedOut` },
  }));
  const events = world.outbox.map((row) => ({
    source: row.source,
    'detail-type': row.detailType,
    time: row.createdAt,
    detail: JSON.parse(row.detail) as { eventId: string },
  }));
  return { ...world, archive: { retentionDays: 14, events: [...checkouts, ...events] } } as World;
}

/** The row with the given values, which a test then changes. @throws Error when there is none. */
export function rowWhere<Row extends object>(rows: readonly Row[], values: Partial<Row>): Row {
  const found = rows.find((row) => Object.entries(values).every(([name, value]) => row[name as keyof Row] === value));
  if (found === undefined) throw new Error(`no row with ${JSON.stringify(values)}`);
  return found;
}

/** Takes the rows out that match. */
export function without<Row>(rows: Row[], matches: (row: Row) => boolean): void {
  rows.splice(0, rows.length, ...rows.filter((row) => !matches(row)));
}

export function executionOf(orderId: string, workflow = 'order-saga'): string {
  return `${MACHINE}:execution:${workflow}:${orderId}`;
}

export function at(second: number): string {
  return new Date(Date.UTC(2026, 0, 15, 9, 30) + second * 1000).toISOString();
}

function tell({ orderId, sku, path, reason }: Story) {
  const names = path.map(([, event]) => event).filter((event) => event !== undefined);
  const order = {
    orderId,
    status: path.at(-1)?.[0] ?? '',
    version: path.length,
    eventSeq: names.length + (orderId === PARKED ? 1 : 0),
    customerId: 'alice',
    currency: 'EUR',
    totalMinor: 850,
    lines: [{ sku, quantity: 1, unitPriceMinor: 850 }],
    basketId: `basket-${orderId}`,
    paymentMethodId: 'pm_card_visa',
    ...(reason !== undefined && { reason }),
  };
  const history = path.map(([status, event], index) => ({
    orderId,
    version: index + 1,
    status,
    at: at(index * 2),
    executionId: executionOf(orderId, orderId === WITHDRAWN && index > 1 ? 'order-cancellation' : 'order-saga'),
    ...(event !== undefined && { eventId: `${orderId}.${event}` }),
    ...(status.startsWith('CANCEL') && { reason }),
  }));
  const outbox = path.flatMap(([, event], index) =>
    event === undefined ? [] : [eventRow(orderId, event, names.indexOf(event) + 1, at(index * 2))],
  );
  return { order, history, outbox };
}

function eventRow(orderId: string, name: string, seq: number, createdAt: string) {
  const eventId = `${orderId}.${name}`;
  const detail = canonicalJson({ eventId, orderId, seq });
  return { eventId, source: 'shop.orders', detailType: `${name.split('.')[0]}.v1`, detail, orderId, seq, createdAt };
}

function parkingOf(orderId: string) {
  const row = {
    orderId,
    step: 'Refund payment',
    parkedState: 'OPEN',
    parkings: 1,
    reason: 'REFUND_FAILED',
    since: at(10),
    exposureMinor: 850,
    exposureCertain: true,
    currency: 'EUR',
    heldLines: lineOf('CUP'),
    nextAction: 'Look the payment up at the provider.',
    taskToken: 'token-of-the-parked-order',
    decisions: [],
  };
  return { row, event: eventRow(orderId, 'OrderParked.Refund-payment.1', 2, at(10)) };
}

function lineOf(sku: string) {
  return [{ sku, quantity: 1 }];
}

function payment(orderId: string, state: string, more: object = {}) {
  return { orderId, state: state as 'CHARGED', amountMinor: 850, currency: 'EUR', ...more };
}

function ledger(): NonNullable<Snapshot['ledger']> {
  const moves = [
    [SOLD, 'pi_sold', 'CREATE', 'intent'],
    [SOLD, 'pi_sold', 'CAPTURE', null],
    [DECLINED, 'pi_declined', 'CREATE', 'intent'],
    [DECLINED, 'pi_declined', 'CAPTURE', 'confirm', false],
    [DECLINED, 'pi_declined', 'CANCEL', 'cancel'],
    [PARKED, 'pi_parked', 'CREATE', 'intent'],
    [PARKED, 'pi_parked', 'CAPTURE', 'confirm'],
    [WITHDRAWN, 'pi_withdrawn', 'CREATE', 'intent'],
    [WITHDRAWN, 'pi_withdrawn', 'CAPTURE', 'confirm'],
    [WITHDRAWN, 'pi_withdrawn', 'REFUND', 'refund'],
  ] as const;
  return moves.map(([orderId, intent, op, word, ok = true], index) => ({
    seq: index + 1,
    op,
    ok,
    amountMinor: 850,
    currency: 'eur',
    orderId,
    intent,
    actor: word === null ? 'customer' : 'merchant',
    key: word === null ? null : `${orderId}:${word}:1`,
    refund: op === 'REFUND' ? 're_1' : null,
    at: Date.parse(at(2)),
  }));
}
