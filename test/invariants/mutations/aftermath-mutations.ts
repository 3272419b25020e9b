import { rowWhere, SOLD, WITHDRAWN, type World } from '../good-world.ts';
import type { Mutation } from './mutation.ts';

/** Bugs about what others do to a payment after its order has gone on. */
export const AFTERMATH_MUTATIONS: readonly Mutation[] = [
  ['M10', 'a dispute that nobody was told of', (world) => disputed(world)],
  [
    'M10',
    'a disputed order that is shown to an operator, and may leave',
    (world) => {
      disputed(world);
      shown(world, SOLD, 'Review payment', 0);
    },
  ],
  [
    'M10',
    'a full refund in the dashboard that nobody was told of',
    (world) => move(world, SOLD, 'REFUND', 'dashboard'),
  ],
  ['M10', 'a dispute after our refund that nobody was told of', (world) => move(world, WITHDRAWN, 'DISPUTE', 'bank')],
  ['M10', 'a fraud warning that nobody was told of', (world) => move(world, SOLD, 'FRAUD_WARNING', 'bank')],
  [
    'M2',
    'a bank that took one cent more than the dispute says of what was given back before',
    (world) => {
      move(world, WITHDRAWN, 'DISPUTE', 'bank');
      shown(world, WITHDRAWN, 'Review payment', 0);
      const refund = rowWhere(world.ledger, { orderId: WITHDRAWN, op: 'REFUND' });
      refund.amountMinor += 1;
    },
  ],
  ['M1', 'money that came back after its order was cancelled, and that nobody knows of', (world) => sentBack(world)],
  ['M11', 'a refund that came to nothing, and is on no parking', (world) => sentBack(world)],
  [
    'M11',
    'a refund that came to nothing, listed one cent short',
    (world) => {
      sentBack(world);
      shown(world, WITHDRAWN, 'Failed refund', 849);
    },
  ],
  [
    'E7',
    'a refund that came to nothing and was made again, without a word to its customer',
    (world) => {
      shown(world, WITHDRAWN, 'Failed refund', 850);
      Reflect.deleteProperty(rowWhere(world.parked, { orderId: WITHDRAWN, step: 'Failed refund' }), 'parkedState');
    },
  ],
];

/** The bank takes the charge of a sold order back. */
function disputed(world: World): void {
  move(world, SOLD, 'DISPUTE', 'bank');
}

function sentBack(world: World): void {
  move(world, WITHDRAWN, 'REFUND_FAILED', 'bank');
  rowWhere(world.payments, { orderId: WITHDRAWN }).state = 'REFUND_FAILED';
}

function move(
  world: World,
  orderId: string,
  op: 'REFUND' | 'DISPUTE' | 'REFUND_FAILED' | 'FRAUD_WARNING',
  actor: 'bank' | 'dashboard',
): void {
  const captured = rowWhere(world.ledger, { orderId, op: 'CAPTURE' });
  world.ledger.push({ ...captured, op, actor, seq: 90 + world.ledger.length, refund: 're_1' });
}

function shown(world: World, orderId: string, step: string, exposureMinor: number): void {
  const [parked] = world.parked;
  world.parked.push({ ...parked!, orderId, step, exposureMinor, exposureCertain: true, parkedState: 'OPEN' });
}
