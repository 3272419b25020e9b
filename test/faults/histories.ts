import fc from 'fast-check';
import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import type { Disposition } from '../../events/vocabulary.ts';
import { checkInvariants } from '../invariants/check-invariants.ts';
import { isSold } from '../invariants/statuses.ts';
import type { Violation } from '../invariants/rule.ts';
import type { Snapshot } from '../invariants/snapshot.ts';
import { DOWN_MS } from './function-host.ts';
import { RandomInjector } from './faults.ts';
import type { Lab } from './lab.ts';
import { decideAll, redriveDeadLetters } from './parking-drills.ts';
import {
  type Actor,
  customerCancels,
  customerConfirms,
  onceCharged,
  refundAtProvider,
  shipOneUntilTaken,
  shipUntilTaken,
  takeAllBackUntilTaken,
} from './actors.ts';
import { orderOf } from './played-order.ts';
import type { Topology } from './topology/read-topology.ts';
import type { World } from './world.ts';
import { snapshotOf } from './world-snapshot.ts';

const SKUS = ['A', 'B', 'C', 'D', 'E'] as const;
const CARDS = ['pm_card_visa', 'pm_card_chargeDeclined', 'pm_card_threeDSecure2Required'] as const;

/** What one customer does. */
interface CustomerStory {
  readonly lines: Readonly<Record<string, number>>;
  readonly card: (typeof CARDS)[number];
  readonly checksOutAfterS: number;
  /** When asked by the bank; undefined: never. */
  readonly confirmsAfterS: number | undefined;
  /** Undefined: never. */
  readonly cancelsAfterS: number | undefined;
  /** Further deliveries of the checkout's event, seconds after it. */
  readonly copiesAfterS: readonly number[];
  /** When parcels leave, seconds after the charge: all but the last hold one unit. Absent: none leaves. */
  readonly parcelsAfterS?: readonly number[];
  /** When everything that has left by then comes back, and where it goes. */
  readonly comesBack?: { readonly afterS: number; readonly disposition: Disposition } | undefined;
  /** What somebody gives back in the provider's dashboard, seconds after the charge. */
  readonly refundedByOthers?: { readonly afterS: number; readonly amountMinor: number } | undefined;
}

/** A small world and all that happens in it. */
export interface History {
  readonly stock: Readonly<Record<string, number>>;
  readonly customers: readonly CustomerStory[];
  readonly troubleSeed: number;
  /** Share of points at which something goes wrong. */
  readonly trouble: number;
}

const seconds = fc.constantFrom(0, 1, 5, 30, 100, 899, 900, 901, 1_000);

const someUnits = fc.integer({ min: 0, max: 3 });

/** Of some customers: their parcels, what comes back of them, and what others do with their money, in any order. */
const afterTheSale = {
  parcelsAfterS: fc.array(seconds, { maxLength: 3 }),
  comesBack: fc.option(
    fc.record({ afterS: seconds, disposition: fc.constantFrom('RESTOCK' as const, 'WRITE_OFF' as const) }),
    { nil: undefined },
  ),
  refundedByOthers: fc.option(fc.record({ afterS: seconds, amountMinor: fc.constantFrom(1, 500, 1_000, 1_001) }), {
    nil: undefined,
    freq: 3,
  }),
};

function someCustomer(skus: readonly string[]): fc.Arbitrary<CustomerStory> {
  return fc.record({
    lines: fc
      .uniqueArray(fc.tuple(fc.constantFrom(...skus), fc.integer({ min: 1, max: 2 })), {
        selector: ([sku]) => sku,
        minLength: 1,
        maxLength: 3,
      })
      .map((lines) => Object.fromEntries(lines)),
    card: fc.constantFrom(...CARDS),
    checksOutAfterS: seconds,
    confirmsAfterS: fc.option(seconds, { nil: undefined }),
    cancelsAfterS: fc.option(seconds, { nil: undefined, freq: 3 }),
    copiesAfterS: fc.array(seconds, { maxLength: 2 }),
    ...afterTheSale,
  });
}

/** The fewer products there are, the more they are wanted. */
export const someHistory: fc.Arbitrary<History> = fc.integer({ min: 1, max: SKUS.length }).chain((size) => {
  const skus = SKUS.slice(0, size);
  return fc.record({
    stock: fc.record(Object.fromEntries(skus.map((sku) => [sku, someUnits]))),
    customers: fc.array(someCustomer(skus), { minLength: 1, maxLength: 8 }),
    troubleSeed: fc.integer({ min: 1, max: 1_000_000 }),
    trouble: fc.constantFrom(0, 0.01, 0.03, 0.1),
  });
});

/** Plays a history to its rest; then the trouble ends and operators decide, until every order has ended. */
export async function playHistory(lab: Lab, history: History, injector = troubleOf(history)): Promise<Violation[]> {
  const world = await lab.newWorld(injector, history.troubleSeed);
  injector.isActive = false;
  await world.stock(history.stock);
  injector.isActive = true;
  const orders = history.customers.map((story) => begin(world, story));
  const isAtRest = await world.untilAtRest();
  const atRest = await snapshotOf(world);
  injector.isActive = false;
  const ended = await recover(world, atRest);
  return [
    ...(isAtRest ? [] : [{ rule: 'L1', keys: {}, because: 'it never comes to rest', rows: [] }]),
    ...checkInvariants(atRest, true).violations,
    ...checkInvariants(ended, true).violations,
    ...againstModel(history, orders, ended),
  ];
}

export function troubleOf({ troubleSeed, trouble }: History): RandomInjector {
  return new RandomInjector(troubleSeed, trouble);
}

function begin(world: World, story: CustomerStory): BasketCheckedOut {
  const order = orderOf(story.lines, story.card);
  const startMs = world.time.nowMs() + story.checksOutAfterS * 1_000;
  world.time.at(startMs, () => void world.checkOut(order));
  for (const copyS of story.copiesAfterS) world.time.at(startMs + copyS * 1_000, () => void world.redeliver(order));
  if (story.confirmsAfterS !== undefined) world.actors.push(customerConfirms(order, story.confirmsAfterS * 1_000));
  if (story.cancelsAfterS !== undefined) world.actors.push(customerCancels(order, story.cancelsAfterS * 1_000));
  world.actors.push(...afterSale(order, story));
  return order;
}

function afterSale(
  order: BasketCheckedOut,
  { parcelsAfterS = [], comesBack, refundedByOthers }: CustomerStory,
): Actor[] {
  const parcels = parcelsAfterS.map((afterS, n) =>
    onceCharged(order, afterS * 1_000, (world) =>
      n === parcelsAfterS.length - 1 ? shipUntilTaken(world, order) : shipOneUntilTaken(world, order, `T-${n}`),
    ),
  );
  const others = [];
  if (comesBack !== undefined && parcels.length > 0) {
    const { afterS, disposition } = comesBack;
    others.push(onceCharged(order, afterS * 1_000, (world) => takeAllBackUntilTaken(world, order, disposition)));
  }
  if (refundedByOthers !== undefined) {
    const { afterS, amountMinor } = refundedByOthers;
    const act = (world: World, intentId: string) =>
      refundAtProvider(world, intentId, Math.min(amountMinor, order.totalMinor));
    others.push(onceCharged(order, afterS * 1_000, act));
  }
  return [...parcels, ...others];
}

/** Operators redrive dead letters and retry what is parked; what was mended goes on. */
async function recover(world: World, atRest: Snapshot): Promise<Snapshot> {
  let snapshot = atRest;
  // What was down for minutes is up again: operators, too, come back when somebody answers.
  await world.time.passUntil(new Promise<void>((over) => world.time.at(world.time.nowMs() + DOWN_MS, over)));
  for (let round = 0; round < 3 && waitsForOperators(world.topology, snapshot); round += 1) {
    await redriveDeadLetters(world);
    await decideAll(world, snapshot, 'retry');
    await world.untilAtRest();
    snapshot = await snapshotOf(world);
  }
  return snapshot;
}

/** Failures of the relay hold pointers only: what they point at is published by the sweeper. */
function waitsForOperators({ relayFailuresArn }: Topology, { parked, deadLetters }: Snapshot): boolean {
  return (
    parked.some((row) => row.parkedState === 'OPEN') ||
    deadLetters.some(({ queue }) => !relayFailuresArn.endsWith(`:${queue}`))
  );
}

/** What must come of a history, told without the shop's code. */
function againstModel(history: History, orders: readonly BasketCheckedOut[], { orders: rows }: Snapshot): Violation[] {
  const violations: Violation[] = [];
  const wanted = new Map<string, number>();
  for (const { lines } of orders)
    for (const { sku, quantity } of lines) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
  const isEnough = [...wanted].every(([sku, units]) => units <= (history.stock[sku] ?? 0));
  for (const [index, order] of orders.entries()) {
    const story = history.customers[index]!;
    const row = rows.find(({ orderId }) => orderId === order.orderId);
    const say = (because: string): void =>
      void violations.push({ rule: 'MODEL', keys: { orderId: order.orderId }, because, rows: [row] });
    if (row === undefined) say('there is no order');
    else if (!isSold(row.status) && row.status !== 'CANCELLED') say(`it is still ${row.status}`);
    else if (isEnough && row.reason === 'OUT_OF_STOCK') say('out of stock, though there is enough for everybody');
    else if (story.card === 'pm_card_chargeDeclined' && isSold(row.status))
      say('confirmed with a card that was declined');
    else if (story.confirmsAfterS === undefined && story.card === 'pm_card_threeDSecure2Required' && isSold(row.status))
      say('confirmed, though its customer never confirmed');
    else if (
      history.trouble === 0 &&
      isEnough &&
      story.card === 'pm_card_visa' &&
      story.cancelsAfterS === undefined &&
      !isSold(row.status)
    )
      say(`${row.status} (${row.reason}) without a reason`);
  }
  return violations;
}
