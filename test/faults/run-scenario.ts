import type { OrderRow } from '../invariants/snapshot-rows.ts';
import { checkInvariants } from '../invariants/check-invariants.ts';
import type { Violation } from '../invariants/rule.ts';
import type { Fault, FaultPoint } from './faults.ts';
import type { Lab } from './lab.ts';
import { someOrder } from './played-order.ts';
import type { Scenario } from './scenario.ts';
import { realNowMs } from './virtual-time.ts';
import { snapshotOf } from './world-snapshot.ts';

export interface Run {
  readonly scenario: string;
  readonly faults: readonly Fault[];
  /** Points that the run passed, in order. */
  readonly points: readonly FaultPoint[];
  /** Points at which something was made to go wrong. */
  readonly fired: ReadonlySet<string>;
  readonly violations: readonly Violation[];
  /** `CONFIRMED`, `CANCELLED (OUT_OF_STOCK)`, `parked REFUND_FAILED` … */
  readonly ending: string;
  readonly tookMs: number;
}

/** Plays a scenario to its rest while the given things go wrong, and checks every invariant. */
export async function runScenario(lab: Lab, scenario: Scenario, faults: readonly Fault[], seed = 1): Promise<Run> {
  const startedAtMs = realNowMs();
  const world = await lab.newWorld(faults, seed);
  if (scenario.losesWebhooks === true) world.webhookCopies = () => 0;
  world.refusesWebhooks = scenario.refusesWebhooks === true;
  await world.stock(scenario.stock, scenario.shards);
  const order = someOrder(scenario);
  world.actors.push(scenario.people(order));
  await world.checkOut(order);
  const isAtRest = await world.untilAtRest();
  const snapshot = await snapshotOf(world);
  const violations = [
    ...(isAtRest ? [] : [neverAtRest(order.orderId)]),
    ...(faults.every(({ mode }) => mode.startsWith('conflict')) ? world.brokenRequests.map(brokenRequest) : []),
    ...checkInvariants(snapshot, true).violations,
  ];
  const parked = snapshot.parked.filter((row) => row.parkedState === 'OPEN');
  return {
    scenario: scenario.name,
    faults,
    points: world.injector.passed,
    fired: world.injector.fired,
    violations,
    ending: parked.length > 0 ? parked.map((row) => `parked ${row.reason}`).join(' + ') : endingOf(snapshot.orders[0]),
    tookMs: realNowMs() - startedAtMs,
  };
}

export function endingOf(order: OrderRow | undefined): string {
  if (order === undefined) return 'no order';
  return order.reason === undefined ? order.status : `${order.status} (${order.reason})`;
}

function neverAtRest(orderId: string): Violation {
  return { rule: 'L1', keys: { orderId }, because: 'it never comes to rest', rows: [] };
}

/** A store that is only busy is no error of ours: it is a 503, after which the client comes again. */
function brokenRequest(functionName: string): Violation {
  return { rule: 'L3', keys: { functionName }, because: `${functionName} answered a request with 500`, rows: [] };
}
