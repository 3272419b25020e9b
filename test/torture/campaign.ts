import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_STACK_NAME, Deployment } from '../../cli/deployment.ts';
import { restock } from '../testing/restock.ts';
import { checkInvariants, underWay, type Verdict } from '../invariants/check-invariants.ts';
import type { Snapshot } from '../invariants/snapshot.ts';
import { takeSnapshot } from '../invariants/take-snapshot.ts';
import { CheckoutLoad } from './checkout-load.ts';
import { TORTURE_STOCK } from './checkout-mix.ts';
import { Customers } from './customer.ts';
import { quiescence } from './quiescence.ts';
import { SeededRandom } from './seeded-random.ts';
import { launchShop, type ShopProcessOptions, type ShopRun } from './shop-process.ts';

export interface CampaignOptions extends ShopProcessOptions {
  readonly kills: number;
  readonly ordersPerSecond: number;
  /** Decides the moments and scopes of the kills and the mix of orders. */
  readonly seed: number;
  /** How long the system may take to come to rest after the last kill. */
  readonly restTimeoutMs: number;
  readonly onProgress?: (text: string) => void;
}

export interface CampaignResult {
  readonly kills: number;
  /** Of these, before the system served again. */
  readonly killsWhileStarting: number;
  readonly sent: number;
  readonly acknowledged: number;
  /** Milliseconds from each launch until it served. */
  readonly restartsMs: readonly number[];
  /** From the last restart until nothing was under way. */
  readonly restMs: number;
  /** What was still under way when that took too long; empty otherwise. */
  readonly neverRested: readonly string[];
  /** Orders that ended as no customer and no stock made them end, with the errors of their tasks. */
  readonly brokenOrders: readonly BrokenOrder[];
  readonly snapshot: Snapshot;
  readonly verdict: Verdict;
}

export interface BrokenOrder {
  readonly orderId: string;
  readonly ending: string;
  readonly errors: readonly string[];
}

/** How the orders of the mix may end. */
export const ENDINGS: readonly string[] = ['CONFIRMED', 'CANCELLED OUT_OF_STOCK', 'CANCELLED PAYMENT_DECLINED'];

/** Moments of a kill, in milliseconds after the launch or after the system served. */
const KILL_AFTER_MS = [5, 2_000] as const;
/** Share of the kills that do not wait for the system to serve: they meet its recovery. */
const WHILE_STARTING = 0.3;
/** Share of the kills that leave the children to notice by themselves. */
const MAIN_ONLY = 0.25;

/** Kills the shop under load, again and again, and checks at the end that nothing was lost or done twice. */
export async function tortureShop(options: CampaignOptions): Promise<CampaignResult> {
  const random = new SeededRandom(options.seed);
  const sandboxUrl = `http://127.0.0.1:${options.port + 2}`;
  const first = await served(launchShop(options));
  const deployment = await Deployment.find({
    stackName: DEFAULT_STACK_NAME,
    endpointUrl: `http://localhost:${options.port}`,
  });
  const load = new CheckoutLoad({ deployment, random, ordersPerSecond: options.ordersPerSecond });
  const customers = new Customers(sandboxUrl, random);
  let run = first.run;
  try {
    await restock(deployment, TORTURE_STOCK);
    customers.start();
    const restarts = await killAgainAndAgain(options, random, load, run, (next) => (run = next));
    await load.finish();
    const servedAtMs = performance.now();
    const neverRested = await quiescence(deployment, options.restTimeoutMs, (left) =>
      options.onProgress?.(`coming to rest: ${left.join(', ') || 'quiet'}`),
    );
    const restMs = performance.now() - servedAtMs;
    options.onProgress?.('reading everything');
    const { acknowledged } = load;
    const snapshot = await takeSnapshot(deployment, { sandboxUrl, readsArchive: true, acknowledged });
    const stillMoving = neverRested.length > 0 ? neverRested : underWay(snapshot);
    return {
      kills: options.kills,
      ...restarts,
      sent: load.sent,
      acknowledged: acknowledged.length,
      restMs,
      neverRested: stillMoving,
      brokenOrders: stillMoving.length > 0 ? [] : brokenOrders(snapshot),
      snapshot,
      verdict: checkInvariants(snapshot, stillMoving.length === 0),
    };
  } finally {
    load.pause();
    await customers.stop();
    deployment.close();
    await run.stop();
  }
}

async function killAgainAndAgain(
  options: CampaignOptions,
  random: SeededRandom,
  load: CheckoutLoad,
  first: ShopRun,
  onLaunch: (run: ShopRun) => void,
): Promise<Pick<CampaignResult, 'killsWhileStarting' | 'restartsMs'>> {
  const restartsMs: number[] = [];
  let killsWhileStarting = 0;
  let run = first;
  let isServing = true;
  load.resume();
  for (let kill = 1; kill <= options.kills; kill += 1) {
    await delay(random.between(...KILL_AFTER_MS));
    load.pause();
    await run.kill(random.chance(MAIN_ONLY) ? 'main' : 'tree');
    if (!isServing && (await run.served) === undefined) killsWhileStarting += 1;
    run = launchShop(options);
    onLaunch(run);
    isServing = kill === options.kills || !random.chance(WHILE_STARTING);
    if (isServing) {
      restartsMs.push((await served(run)).afterMs);
      load.resume();
    }
    options.onProgress?.(`kill ${kill} of ${options.kills}, ${load.acknowledged.length} orders acknowledged`);
  }
  return { killsWhileStarting, restartsMs };
}

async function served(run: ShopRun): Promise<{ run: ShopRun; afterMs: number }> {
  const afterMs = await run.served;
  if (afterMs === undefined) throw new Error('The shop was killed before it served');
  return { run, afterMs };
}

export function endingOf({ status, reason }: Snapshot['orders'][number]): string {
  return reason === undefined ? status : `${status} ${reason}`;
}

function brokenOrders({ orders, executions }: Snapshot): BrokenOrder[] {
  const failures = new Map(executions.map((execution) => [execution.name, execution.failures ?? []]));
  return orders
    .filter((order) => !ENDINGS.includes(endingOf(order)))
    .map((order) => ({
      orderId: order.orderId,
      ending: endingOf(order),
      errors: (failures.get(order.orderId) ?? []).map(({ error, cause }) => `${error}: ${cause.slice(0, 200)}`),
    }));
}
