import { DECLINED, rowWhere, type World } from '../good-world.ts';
import type { Mutation } from './mutation.ts';

/** The declined order as one that waited for other methods, which were all declined. */
function triedAgain(world: World, attempts: number, isAllowed = true): World {
  const first = rowWhere(world.ledger, { orderId: DECLINED, op: 'CAPTURE' });
  for (let attempt = 2; attempt <= attempts; attempt += 1) {
    world.ledger.push({ ...first, seq: 100 + attempt, key: `${DECLINED}:confirm-${attempt}:1` });
  }
  if (isAllowed) rowWhere(world.orders, { orderId: DECLINED })['furtherFields'] = { allowPaymentRetry: true };
  return world;
}

/** What a shop that tries cards too freely would leave behind. */
export const RETRY_MUTATIONS: readonly Mutation[] = [
  ['M13', 'another method tried on an order that does not wait for one', (world) => triedAgain(world, 2, false)],
  ['M13', 'a sixth method tried', (world) => triedAgain(world, 6)],
  [
    'M13',
    'another method tried on an intent of its own',
    (world) => (triedAgain(world, 2).ledger.at(-1)!.intent = 'pi_another'),
  ],
  [
    'M3',
    'two methods charged',
    (world) =>
      triedAgain(world, 3)
        .ledger.slice(-2)
        .forEach((row) => (row.ok = true)),
  ],
];
