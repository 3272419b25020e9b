import { BasketCheckedOut } from '../../../events/basket-checked-out.ts';
import { at, DECLINED, rowWhere, SHORT, SOLD, WITHDRAWN, without } from '../good-world.ts';
import { orderOf } from './mutated-rows.ts';
import type { Mutation } from './mutation.ts';

export const ORDER_MUTATIONS: readonly Mutation[] = [
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
  [
    'O5',
    'cancelled with the door of its stock open',
    (world) => without(world.reservations, ({ orderId }) => orderId === SHORT),
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
  [
    'O7',
    'nothing undone though something could be',
    (world) => (rowWhere(world.history, { orderId: SHORT, version: 2 }).reason = 'PAYMENT_UNAVAILABLE'),
  ],
  ['O7', 'the order is ahead of its history', (world) => (orderOf(world, SOLD).version += 1)],
  ['O7', 'time ran backwards', (world) => (rowWhere(world.history, { orderId: SOLD, version: 3 }).at = at(1))],
  ['O8', 'a reason off the list', (world) => (world.parked[0]!.reason = 'WHATEVER')],
  ['O8', 'no next action', (world) => (world.parked[0]!.nextAction = '')],
  ['O8', 'closed by nobody', (world) => Reflect.deleteProperty(world.parked[0]!, 'parkedState')],
  ['O9', 'an order that nobody works on', (world) => world.parked.splice(0)],
];
