import { at, DECLINED, rowWhere, SHORT, SOLD, WITHDRAWN, without } from '../good-world.ts';
import { leave } from './mutated-rows.ts';
import type { Mutation } from './mutation.ts';

export const STOCK_MUTATIONS: readonly Mutation[] = [
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
  [
    'S1',
    'a shard holds units of nobody',
    (world) => Object.assign(rowWhere(world.stock, { sku: 'HOT#1' }), { available: 1, onHold: 1 }),
  ],
  ['S1', 'a unit that moved is in two rows', (world) => (rowWhere(world.stock, { sku: 'HOT' }).available += 1)],
  [
    'S11',
    'a unit arrived that left nowhere',
    (world) => Object.assign(rowWhere(world.stock, { sku: 'HOT#1' }), { available: 3, moved: 3 }),
  ],
  [
    'S2',
    'a shard sold more than it had',
    (world) => Object.assign(rowWhere(world.stock, { sku: 'HOT#1' }), { available: -1, moved: -1, received: 0 }),
  ],
  [
    'S10',
    'units in a shard that nobody looks into',
    (world) => world.stock.push({ ...rowWhere(world.stock, { sku: 'HOT#1' }), sku: 'HOT#2' }),
  ],
  ['S10', 'a shard was lost', (world) => without(world.stock, ({ sku }) => sku === 'HOT#1')],
  ['S10', 'more shards are in use than there are', (world) => (rowWhere(world.stock, { sku: 'HOT' }).shards = 2)],
  [
    'S10',
    'a reservation of a shard that there is not',
    (world) => Object.assign(rowWhere(world.reservations, { orderId: SOLD }), { shards: { CUP: 1 } }),
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
