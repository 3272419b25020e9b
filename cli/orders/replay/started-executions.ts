import { DescribeExecutionCommand, paginateListExecutions } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import type { Deployment } from '../../deployment.ts';
import { inParallel } from '../../in-parallel.ts';
import { readOrders } from '../recent-orders.ts';
import type { ReplayWindow } from './replay-window.ts';

/** So long EventBridge tries to deliver an event: an order may start that much later than it was placed. */
const MAX_START_DELAY_MS = 24 * 3_600_000;

const Command = z.object({ placedAt: z.iso.datetime() });

/** Orders that were placed in the window and have an execution: a replay of their events is skipped. */
export async function ordersStartedFrom(deployment: Deployment, { from, to }: ReplayWindow): Promise<string[]> {
  const latest = new Date(to.getTime() + MAX_START_DELAY_MS);
  const found: string[] = [];
  for await (const names of startedExecutions(deployment, from, latest)) {
    const orders = await readOrders(deployment, names);
    for (const { orderId, placedAt } of orders) if (isWithin(placedAt, from, to)) found.push(orderId);
  }
  return found;
}

/**
 * Orders placed before `to` whose executions started at or after `since`. They may be too young to have a row, so
 * their commands are asked for.
 */
export async function oldOrdersStartedSince(deployment: Deployment, since: Date, to: Date): Promise<string[]> {
  const found: string[] = [];
  for await (const names of startedExecutions(deployment, since)) {
    const placed = await inParallel(names, (name) => placedAtOf(deployment, name));
    found.push(...names.filter((_, index) => isWithin(placed[index], new Date(0), to)));
  }
  return found;
}

/** Names of the workflow's executions that started in the given time, page by page. The newest come first. */
async function* startedExecutions(deployment: Deployment, from: Date, to?: Date): AsyncGenerator<string[]> {
  const pages = paginateListExecutions(
    { client: deployment.stepFunctions },
    { stateMachineArn: deployment.output('StateMachineArn'), maxResults: 1_000 },
  );
  for await (const { executions = [] } of pages) {
    const recent = executions.filter(({ startDate = from }) => startDate >= from);
    yield recent.flatMap(({ name, startDate = from }) => (name && (!to || startDate < to) ? [name] : []));
    if (recent.length < executions.length) return;
  }
}

async function placedAtOf(deployment: Deployment, executionName: string): Promise<string | undefined> {
  const { input = 'null' } = await deployment.stepFunctions.send(
    new DescribeExecutionCommand({ executionArn: deployment.executionArn(executionName) }),
  );
  return Command.safeParse(JSON.parse(input)).data?.placedAt;
}

function isWithin(placedAt: string | undefined, from: Date, to: Date): boolean {
  if (placedAt === undefined) return false;
  const placed = new Date(placedAt);
  return placed >= from && placed < to;
}
