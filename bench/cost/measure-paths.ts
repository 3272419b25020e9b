import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DescribeArchiveCommand } from '@aws-sdk/client-eventbridge';
import { paginateGetExecutionHistory, type HistoryEvent } from '@aws-sdk/client-sfn';
import { publishCheckout } from '../../cli/publish-checkout.ts';
import { startSystem, type System } from '../../cli/system.ts';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { canonicalJson } from '../../events/canonical-json.ts';
import { freePort } from '../../test/testing/free-port.ts';
import { restock } from '../../test/testing/restock.ts';
import { checkoutOf } from '../support/order-load.ts';
import { CountingProxy } from './counting-proxy.ts';
import type { FunctionCall } from './function-calls.ts';
import { ORDER_PATHS, SOLD_SKU, walk, webhooksDelivered, type OrderPath, type PathName } from './order-paths.ts';
import type { Sequel } from './return-path.ts';
import { productionAssembly, type Assembly } from './production-assembly.ts';
import type { MeasuredStack } from './price-list.ts';
import { measureMonth, stopSchedules } from './scheduled-runs.ts';
import { stateTransitions } from './state-transitions.ts';
import type { Usage, UsageDetails } from './usage.ts';
import { UsageMeter } from './usage-meter.ts';

export interface Measurement {
  /** Usage of one order of each path. */
  readonly paths: PathUsages;
  /** Usage of a month's runs of the scheduled functions. */
  readonly month: Usage;
  readonly stack: MeasuredStack;
}

export type PathUsages = Readonly<Record<PathName, PathUsage>>;

export interface PathUsage {
  /** Of each order. They differ a little: events that race each other may arrive in another order. */
  readonly orders: readonly Usage[];
  /** What the last order's figures are made of. */
  readonly details: UsageDetails;
  /** Who called what for the last order. */
  readonly calls: readonly FunctionCall[];
}

const MOST_ROUNDS = 6;

/** Measures the paths of orders, and what runs and stands beside them. */
export async function measureShop(ordersPerPath: number): Promise<Measurement> {
  await using shop = await meteredShop();
  const paths = await pathsThrough(shop, ordersPerPath);
  const month = await measureMonth(shop.system, shop.meter); // awaited: the system stops when this function ends
  return { paths, month, stack: stackOf(shop) };
}

/**
 * Sends orders along each path, one at a time and so without any batching, through a system that runs the template of
 * production, and counts what each of them uses.
 * @param mayBeGrowth whether more orders, up to MOST_ROUNDS times as many, should tell if a path uses too much or was
 * held up: on a busy machine a time-out and its retry may meet a few orders, or an order takes longer than the second in
 * which its events are published together; but not all of them.
 */
export async function measurePaths(ordersPerPath: number, mayBeGrowth: MayBeGrowth): Promise<PathUsages> {
  await using shop = await meteredShop();
  return await pathsThrough(shop, ordersPerPath, mayBeGrowth);
}

type MayBeGrowth = (path: PathName, usage: PathUsage) => boolean;

interface MeteredShop extends AsyncDisposable {
  readonly system: System;
  readonly meter: UsageMeter;
  readonly assembly: Assembly;
}

async function meteredShop(): Promise<MeteredShop> {
  await using resources = new AsyncDisposableStack();
  const folder = mkdtempSync(path.join(tmpdir(), 'cost-'));
  resources.defer(() => rmSync(folder, { recursive: true }));
  const assembly = await productionAssembly(path.join(folder, 'cdk.out'));

  const meter = new UsageMeter();
  const proxy = new CountingProxy(meter.countCall);
  const proxyUrl = await proxy.listen();
  resources.defer(() => proxy.close());
  const system = await startSystem({
    assemblyFolder: assembly.folder,
    dataFolder: path.join(folder, 'data'),
    ports: { endpoint: 0, httpApi: await freePort(), paymentSandbox: 0, page: 0 },
    functionVariables: { AWS_ENDPOINT_URL: proxyUrl, AWS_ENDPOINT_URL_DYNAMODB: proxyUrl },
  });
  resources.defer(() => system.stop());
  proxy.forwardTo(system.runtime.endpointUrl);
  meter.attach(system.runtime, memoryByName(system, assembly));
  await stopSchedules(system);
  await restock(system.deployment, { [SOLD_SKU]: 1_000_000 });
  const running = resources.move();
  return { system, meter, assembly, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

async function pathsThrough(
  { system, meter }: MeteredShop,
  ordersPerPath: number,
  mayBeGrowth: MayBeGrowth = () => false,
): Promise<PathUsages> {
  const paths: Partial<Record<PathName, PathUsage>> = {};
  for (const orderPath of ORDER_PATHS) {
    let measured = await measurePath(system, meter, orderPath, ordersPerPath);
    for (let round = 2; round <= MOST_ROUNDS && mayBeGrowth(orderPath.name, measured); round += 1)
      measured = withMore(measured, await measurePath(system, meter, orderPath, ordersPerPath));
    paths[orderPath.name] = measured;
  }
  return paths as PathUsages;
}

async function measurePath(
  system: System,
  meter: UsageMeter,
  orderPath: OrderPath,
  orders: number,
): Promise<PathUsage> {
  await measureOrder(system, meter, orderPath); // cold starts are no order's cost
  const usages: Usage[] = [];
  for (let order = 0; order < orders; order += 1) usages.push(await measureOrder(system, meter, orderPath));
  return { orders: usages, details: meter.details, calls: meter.calls };
}

function withMore(measured: PathUsage, more: PathUsage): PathUsage {
  return { ...more, orders: [...measured.orders, ...more.orders] };
}

async function measureOrder(system: System, meter: UsageMeter, orderPath: OrderPath): Promise<Usage> {
  const { deployment } = system;
  const checkout: BasketCheckedOut = {
    ...checkoutOf(orderPath.sku),
    paymentMethodId: orderPath.paymentMethodId as BasketCheckedOut['paymentMethodId'],
  };
  await orderPath.prepare?.(system, checkout.orderId);
  await meter.quiet();
  meter.reset();
  const archivedBefore = await archivedBytes(system);
  await publishCheckout(deployment, checkout);
  meter.countEvents([
    { Source: BasketCheckedOut.source, DetailType: BasketCheckedOut.detailType, Detail: canonicalJson(checkout) },
  ]);
  const executionArn = await walk(orderPath, system, checkout.orderId);
  if (orderPath.sequel) return measureSequel(system, meter, { sequel: orderPath.sequel, orderId: checkout.orderId });
  return countedAfter(system, meter, { executionArn, archivedBefore });
}

async function measureSequel(
  system: System,
  meter: UsageMeter,
  { sequel, orderId }: { readonly sequel: Sequel; readonly orderId: string },
): Promise<Usage> {
  await sequel.prepare(system, orderId);
  await meter.quiet();
  meter.reset();
  const archivedBefore = await archivedBytes(system);
  const executionArn = await sequel.walk(system, orderId);
  await webhooksDelivered(system.sandbox.url, orderId);
  return countedAfter(system, meter, { executionArn, archivedBefore });
}

async function countedAfter(
  system: System,
  meter: UsageMeter,
  { executionArn, archivedBefore }: { readonly executionArn: string; readonly archivedBefore: number },
): Promise<Usage> {
  await meter.quiet();
  meter.add('stateTransitions', stateTransitions(await historyOf(system, executionArn)));
  meter.add('archivedBytes', (await archivedBytes(system)) - archivedBefore);
  return meter.usage;
}

async function historyOf({ deployment }: System, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  const pages = paginateGetExecutionHistory({ client: deployment.stepFunctions }, { executionArn });
  for await (const page of pages) events.push(...(page.events ?? []));
  return events;
}

async function archivedBytes({ deployment }: System): Promise<number> {
  const { SizeBytes = 0 } = await deployment.events.send(
    new DescribeArchiveCommand({ ArchiveName: deployment.output('ArchiveName') }),
  );
  return SizeBytes;
}

function stackOf({ system: { runtime }, assembly }: MeteredShop): MeasuredStack {
  const resources: Record<string, number> = {};
  for (const { type } of Object.values(runtime.resources)) resources[type] = (resources[type] ?? 0) + 1;
  const queues = runtime.services.lambda.mappings
    .all()
    .filter(({ settings }) => settings.eventSourceArn.includes(':sqs:'));
  return { resources: { ...resources, 'AWS::CloudWatch::Alarm': assembly.alarmMetrics }, queues: queues.length };
}

function memoryByName({ runtime }: System, { memoryMb }: Assembly): Map<string, number> {
  return new Map([...memoryMb].map(([logicalId, mb]) => [runtime.resources[logicalId]?.physicalId ?? logicalId, mb]));
}
