import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Deployment } from '../../cli/deployment.ts';
import { judge } from '../../cli/orders/versions/census.ts';
import { takeCensus } from '../../cli/orders/versions/take-census.ts';
import { removeUnneeded } from '../../cli/orders/versions-command.ts';
import { startSystem, type System, type SystemPorts } from '../../cli/system.ts';
import { freePort } from '../testing/free-port.ts';
import { restock } from '../testing/restock.ts';
import { CheckoutLoad } from '../torture/checkout-load.ts';
import { TORTURE_STOCK } from '../torture/checkout-mix.ts';
import { SeededRandom } from '../torture/seeded-random.ts';
import { knowsShards } from './assembly-facts.ts';
import { findProblems, finishOrders } from './finish-orders.ts';
import { holdOrders, type HeldOrder } from './hold-orders.ts';
import { DrillShop } from './shop.ts';

const ORDERS_PER_SECOND = 2;
const SHARDS = 4;
const SEED = 20_261_128;

/** A shop that was stopped with orders in every state. Deployments are played on copies of its data. */
export interface HeldShop {
  readonly dataFolder: string;
  readonly ports: SystemPorts;
  readonly held: readonly HeldOrder[];
  /** `order-saga / Confirm order` and so on: where its executions stand. */
  readonly stoodAt: readonly string[];
  /** When the first of them was placed: those that wait for a customer end by themselves. */
  readonly heldSinceMs: number;
  /** Of the running shop: a producer does not stop for a deployment. */
  readonly load: CheckoutLoad | undefined;
}

export interface HoldOptions {
  /** Folder of the assembly that the orders begin on. */
  readonly from: string;
  /** Whether checkouts come in all the time, also while nothing takes them. Then one deployment can be played. */
  readonly isUnderLoad: boolean;
  /** Whether what comes next does not know shards: an operator brings each product into one row first. */
  readonly gathersShards: boolean;
}

/** Brings orders to every state and stops, as a machine does that gets another deployment. */
export async function holdShop({ from, isUnderLoad, gathersShards }: HoldOptions): Promise<HeldShop> {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'upgrade-data-'));
  const [endpoint, httpApi, paymentSandbox, page] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const ports = { endpoint, httpApi, paymentSandbox, page };
  const system = await startSystem({ assemblyFolder: from, dataFolder, ports });
  try {
    const shop = await DrillShop.of(system, dataFolder);
    await shop.putOnSale();
    if (knowsShards(from)) await shop.spreadStock(SHARDS);
    if (knowsShards(from) && gathersShards) await gatherStock(shop);
    await restock(shop.deployment, TORTURE_STOCK);
    const heldSinceMs = Date.now();
    const held = await holdOrders(shop);
    const load = isUnderLoad ? loadOn(shop.deployment) : undefined;
    load?.resume();
    const stoodAt = [...new Set((await shop.standings()).map(({ at }) => at))].toSorted();
    return { dataFolder, ports, held, stoodAt, heldSinceMs, load };
  } finally {
    await system.stop();
  }
}

/**
 * Deploys another assembly onto a copy of the held shop's data and sees how everything ends. What nothing needs any more
 * is removed while all orders are under way, and again at the end.
 * @returns what went wrong; nothing when the upgrade is safe.
 */
export async function playUpgrade({ held, ports, load, ...shop }: HeldShop, to: string): Promise<readonly string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'upgrade-played-'));
  const dataFolder = path.join(folder, 'data');
  cpSync(shop.dataFolder, dataFolder, { recursive: true });
  let system: System | undefined;
  try {
    system = await startSystem({ assemblyFolder: to, dataFolder, ports });
    const after = await DrillShop.of(system, dataFolder);
    await removeOldVersions(after);
    const unfinished = await finishOrders(after, held, load);
    await removeOldVersions(after);
    return [...unfinished, ...(await findProblems(after, held, load?.acknowledged ?? []))];
  } catch (error) {
    return [`is refused: ${(error as Error).message}`];
  } finally {
    load?.pause();
    await system?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As docs/upgrades.md says: orders of shards come to their end, then all units to one row. */
async function gatherStock(shop: DrillShop): Promise<void> {
  const order = await shop.buy();
  await shop.untilStatus(order, 'CONFIRMED');
  await shop.ship(order);
  await shop.spreadStock(1);
}

/** A producer with clients of its own, which outlive the deployment. */
function loadOn(running: Deployment): CheckoutLoad {
  const deployment = new Deployment(running.address, running.outputs());
  return new CheckoutLoad({ deployment, random: new SeededRandom(SEED), ordersPerSecond: ORDERS_PER_SECOND });
}

async function removeOldVersions({ deployment }: DrillShop): Promise<void> {
  await removeUnneeded(deployment, judge(await takeCensus(deployment, new Date()), 0));
}
