import { canonicalJson } from '../../events/canonical-json.ts';
import { eventBridgeApi } from '@order-workflow/runtime/services/eventbridge';
import { checkInvariants } from '../invariants/check-invariants.ts';
import type { Violation } from '../invariants/rule.ts';
import type { Snapshot } from '../invariants/snapshot.ts';
import { SeededRandom } from '../torture/seeded-random.ts';
import type { Lab } from './lab.ts';
import { someOrder } from './played-order.ts';
import type { Scenario } from './scenario.ts';
import type { World } from './world.ts';
import { snapshotOf } from './world-snapshot.ts';

const MINUTE_MS = 60_000;

/** A scenario played undisturbed. */
export async function playPlain(lab: Lab, scenario: Scenario): Promise<Snapshot> {
  const world = await lab.newWorld();
  await begin(world, scenario);
  await world.untilAtRest();
  return snapshotOf(world);
}

/** Plays a scenario in which every message, invocation and webhook comes two to five times, at once. */
export async function playDuplicated(lab: Lab, scenario: Scenario, seed: number): Promise<Snapshot> {
  const world = await lab.newWorld([], seed);
  const random = new SeededRandom(seed);
  const copies = (): number => random.between(2, 5);
  world.host.copies = copies;
  world.webhookCopies = copies;
  world.queues.extraCopies = () => copies() - 1;
  const order = await begin(world, scenario);
  for (const delayMs of [0, 1_000, 30_000, 20 * MINUTE_MS]) {
    world.time.at(world.time.nowMs() + delayMs, () => void world.redeliver(order));
  }
  await world.untilAtRest();
  return snapshotOf(world);
}

/** Plays an order of each scenario over the same stock, all at once, with everything coming several times. */
export async function playDuplicatedTogether(
  lab: Lab,
  scenarios: readonly Scenario[],
  seed: number,
): Promise<Snapshot> {
  const world = await lab.newWorld([], seed);
  const random = new SeededRandom(seed);
  world.host.copies = () => random.between(2, 5);
  world.webhookCopies = () => random.between(2, 5);
  await world.stock({ CUP: 2 * scenarios.length, POT: scenarios.length });
  for (const scenario of scenarios) {
    const order = someOrder(scenario);
    world.actors.push(scenario.people(order));
    await world.checkOut(order);
  }
  await world.untilAtRest();
  return snapshotOf(world);
}

/** Plays a scenario, then the whole archive and all webhooks again. @returns what stood before and after. */
export async function playReplayed(lab: Lab, scenario: Scenario) {
  const world = await lab.newWorld();
  await begin(world, scenario);
  await world.untilAtRest();
  const before = await snapshotOf(world);
  await replayArchive(world);
  world.provider.resendWebhooks();
  await world.untilAtRest();
  return { before, after: await snapshotOf(world) };
}

/** How two snapshots differ in what orders, money and stock came to; ids, times and tokens do not count. */
export function differences(one: Snapshot, other: Snapshot, rule: string): Violation[] {
  const [left, right] = [essenceOf(one), essenceOf(other)];
  return Object.keys(left)
    .filter((part) => left[part] !== right[part])
    .map((part) => ({
      rule,
      keys: { part },
      because: `${part} differ: ${left[part]} | ${right[part]}`,
      rows: [],
    }));
}

export function violationsOf(snapshot: Snapshot): readonly Violation[] {
  return checkInvariants(snapshot, true).violations;
}

async function begin(world: World, scenario: Scenario) {
  await world.stock(scenario.stock);
  const order = someOrder(scenario);
  world.actors.push(scenario.people(order));
  await world.checkOut(order);
  return order;
}

async function replayArchive(world: World): Promise<void> {
  const call = { requestId: 'request-1', signal: new AbortController().signal };
  const { operations } = eventBridgeApi(world.events);
  const nowMs = world.time.nowMs() + 15 * MINUTE_MS;
  world.time.jumpTo(nowMs);
  await operations['StartReplay']!(
    {
      ReplayName: 'everything',
      EventSourceArn: world.events.archives.arnOf(world.topology.archiveName),
      Destination: { Arn: world.events.rules.busArn(world.topology.busName) },
      EventStartTime: Math.floor(world.startedAtMs / 1000) - 60,
      EventEndTime: Math.floor(nowMs / 1000) - 600,
    },
    call,
  );
}

/** Ids, what follows from the order's id (its shard, the ids of its returns), and times. */
const VOLATILE =
  /01[0-9A-HJKMNP-TV-Z]{24}|\b(pi|re|ch|evt)_\w+|\breturn-[0-9a-f]{16}|(?<=\b(OPEN|SHIPPED|DELIVERED|CANCELLED))#\d+|\d{4}-\d\d-\d\dT[\d:.]+Z/g;
const IGNORED = new Set([
  'taskToken',
  'otherTokens',
  'attempt',
  'inputHash',
  'expiresAtEpochSeconds',
  'expiration',
  'pendingShard',
]);

function keptOnly(name: string, value: unknown): unknown {
  return IGNORED.has(name) ? undefined : value;
}

function essenceOf(snapshot: Snapshot): Record<string, string> {
  const text = (rows: readonly object[]): string =>
    rows
      .map((row) => canonicalJson(JSON.parse(JSON.stringify(row, keptOnly))))
      .map((json) => json.replaceAll(VOLATILE, '…'))
      .toSorted()
      .join('\n');
  const moved = (snapshot.ledger ?? []).filter(({ ok }) => ok);
  return {
    orders: text(snapshot.orders),
    history: text(snapshot.history.map(({ version, status, reason }) => ({ version, status, reason }))),
    parked: text(snapshot.parked.map(({ step, reason, parkedState }) => ({ step, reason, parkedState }))),
    outbox: text(snapshot.outbox.map(({ eventId, detailType, seq }) => ({ eventId, detailType, seq }))),
    stock: text(snapshot.stock.map(({ version: _version, ...row }) => row)),
    reservations: text(snapshot.reservations.map(({ state, lines }) => ({ state, lines }))),
    payments: text(snapshot.payments.map(({ state, amountMinor, currency }) => ({ state, amountMinor, currency }))),
    money: text(moved.map(({ op, amountMinor, currency, key }) => ({ op, amountMinor, currency, key }))),
    executions: text(snapshot.executions.map(({ status }) => ({ status }))),
  };
}
