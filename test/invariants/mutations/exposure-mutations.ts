import { PARKED, rowWhere, SOLD, WITHDRAWN, without, type World } from '../good-world.ts';
import type { Mutation } from './mutation.ts';

/** Bugs about the money that a parked order lists, and about refunds whose record was lost. */
export const EXPOSURE_MUTATIONS: readonly Mutation[] = [
  ['M1', 'an exposure listed one cent short', (world) => (world.parked[0]!.exposureMinor -= 1)],
  [
    'M1',
    'an upper bound listed one cent short',
    (world) => Object.assign(world.parked[0]!, { exposureMinor: 849, exposureCertain: false }),
  ],
  ['M1', 'money listed as certain that was given back', (world) => giveBack(world, PARKED)],
  ['M1', 'money listed as certain that the bank took, and nobody told', (world) => takeByBank(world, PARKED)],
  [
    'M1',
    'money lost beside a dispute that an operator is shown',
    (world) => {
      takeByBank(world, PARKED, 849);
      world.parked.push({ ...world.parked[0]!, step: 'Review payment', reason: 'PAYMENT_DISPUTED', exposureMinor: 0 });
      world.parked[0]!.exposureMinor -= 1;
    },
  ],
  [
    'M1',
    'money lost beside a parked order that may have none',
    (world) => {
      world.parked[0]!.exposureCertain = false;
      giveBack(world, PARKED);
      without(world.ledger, ({ orderId, op }) => orderId === WITHDRAWN && op === 'REFUND');
    },
  ],
  ['X3', 'a refund that was never noted', (world) => (world.idempotency[0]!.data['refundId'] = 're_2')],
  ['X3', 'the refund of another order', (world) => (world.idempotency[0]!.data['orderId'] = SOLD)],
  [
    'X3',
    'a refund of a parked order that was never made',
    (world) => (world.idempotency[0]!.data = { orderId: PARKED, refundId: 're_2' }),
  ],
];

function giveBack(world: World, orderId: string): void {
  const captured = rowWhere(world.ledger, { orderId, op: 'CAPTURE' });
  world.ledger.push({ ...captured, op: 'REFUND', seq: 99, key: `${orderId}:refund:1` });
}

function takeByBank(world: World, orderId: string, amountMinor = 850): void {
  const captured = rowWhere(world.ledger, { orderId, op: 'CAPTURE' });
  world.ledger.push({ ...captured, op: 'DISPUTE', actor: 'bank', amountMinor, seq: 99 });
}
