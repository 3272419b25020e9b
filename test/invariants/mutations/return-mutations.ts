import { rowWhere, SOLD, type World } from '../good-world.ts';
import type { Mutation } from './mutation.ts';

const RETURN_ID = 'return-0000000000000001';

/** Bugs about what comes back of shipped orders. */
export const RETURN_MUTATIONS: readonly Mutation[] = [
  ['S8', 'a return of an order that was not shipped', (world) => returned(world)],
  ['S8', 'more units that came back than were shipped', (world) => returned(shipped(world), { quantity: 2 })],
  ['S8', 'a refund one cent above the price', (world) => returned(shipped(world), { refundMinor: 851 })],
  [
    'S8',
    'a return that the order’s row does not count',
    (world) => {
      returned(shipped(world));
      delete (rowWhere(world.orders, { orderId: SOLD }) as { returns?: unknown }).returns;
    },
  ],
  ['S1', 'units that came back and are in no stock', (world) => returned(shipped(world))],
  [
    'S8',
    'more units that came back of an order that left in part than are in its parcels',
    (world) => {
      const parcels = [{ parcelId: '1', lines: [] }];
      Object.assign(rowWhere(returned(world).orders, { orderId: SOLD }), { parcels });
    },
  ],
  ['S9', 'units that came in and are not noted', (world) => returned(shipped(world))],
  [
    'S9',
    'units that came in and are noted twice',
    (world) => {
      for (const change of ['000000000002', '000000000003']) noted(returned(shipped(world)), change);
    },
  ],
  ['S9', 'units that are noted for a return that is not', (world) => noted(shipped(world))],
  ['M12', 'a closed return that gave nothing back', (world) => returned(shipped(world))],
  ['M12', 'a return that gave a cent less back', (world) => refunded(returned(shipped(world)), 849)],
  [
    'M12',
    'a return that gave its money back twice',
    (world) => {
      refunded(returned(shipped(world)), 850);
      refunded(world, 850, 2);
    },
  ],
  ['M12', 'a refund for a return that nobody accepted', (world) => refunded(shipped(world), 850)],
  ['O10', 'an open return that nobody works on', (world) => returned(shipped(world), {}, 'OPEN')],
  [
    'O10',
    'an order that is closed to further returns for ever',
    (world) => {
      returned(shipped(world));
      Object.assign(rowWhere(world.orders, { orderId: SOLD }).returns, { open: RETURN_ID });
    },
  ],
];

function shipped(world: World): World {
  rowWhere(world.orders, { orderId: SOLD }).status = 'SHIPPED';
  return world;
}

function returned(
  world: World,
  { quantity = 1, refundMinor = 850 }: { readonly quantity?: number; readonly refundMinor?: number } = {},
  state: 'OPEN' | 'CLOSED' = 'CLOSED',
): World {
  world.returns.push({
    orderId: SOLD,
    returnId: RETURN_ID,
    state,
    refundMinor,
    lines: [{ sku: 'CUP', quantity, refundMinor, disposition: 'RESTOCK' }],
    refund: { outcome: 'MADE' },
  });
  const open = state === 'OPEN' ? { open: RETURN_ID } : {};
  Object.assign(rowWhere(world.orders, { orderId: SOLD }), {
    returns: { ...open, units: { CUP: quantity }, refundMinor },
  });
  return world;
}

function noted(world: World, change = '000000000002'): World {
  world.stockChanges.push({ sku: 'CUP', change, by: 1, stock: 5, actor: 'o', orderId: SOLD, returnId: RETURN_ID });
  return world;
}

function refunded(world: World, amountMinor: number, attempt = 1): World {
  const captured = rowWhere(world.ledger, { orderId: SOLD, op: 'CAPTURE' });
  const key = `${SOLD}:${RETURN_ID}:${attempt}`;
  const seq = 90 + world.ledger.length;
  world.ledger.push({ ...captured, op: 'REFUND', actor: 'merchant', key, seq, amountMinor, refund: `re_r${attempt}` });
  return world;
}
