import { at, DECLINED, PARKED, rowWhere, SHORT, SOLD, WITHDRAWN, without } from '../good-world.ts';
import { captureOf, orderOf } from './mutated-rows.ts';
import type { Mutation } from './mutation.ts';

export const MONEY_MUTATIONS: readonly Mutation[] = [
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
