import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { paginateScan, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { setTimeout as delay } from 'node:timers/promises';
import type { Deployment } from '../../cli/deployment.ts';
import { PROBES, StreamProbes } from './stream-probes.ts';
import { countQueuedMessages } from '../invariants/read-queues.ts';

type CountsByPlace = Readonly<Record<string, number>>;

const PAUSE_MS = 250;
/** Nothing under way in so many looks in a row: what had just left one place has not reached the next. */
const QUIET_LOOKS = 3;
const PENDING_SHARDS = ['PENDING#0', 'PENDING#1', 'PENDING#2', 'PENDING#3'];

/**
 * Waits until nothing is under way in the shop: AWS has no event for that. Nothing is noted either of what the outbox's
 * stream holds, so probes are sent after it, and all is quiet when they have come through and moved nothing.
 * @param onLook told of every look, with what is still under way.
 * @param looks at what.
 * @returns what is still under way when the time is up; empty when all is quiet.
 */
export async function quiescence(
  deployment: Deployment,
  timeoutMs: number,
  onLook: (underWay: readonly string[]) => void = () => undefined,
  looks = LOOKS,
): Promise<readonly string[]> {
  const deadlineMs = Date.now() + timeoutMs;
  const look = async (): Promise<readonly string[]> => {
    const underWay = await lookAround(deployment, looks);
    onLook(underWay);
    return underWay;
  };
  for (;;) {
    const { underWay } = await untilQuiet(look, deadlineMs);
    if (underWay.length > 0) return underWay;
    await using probes = await StreamProbes.send(deployment);
    const moved = await untilQuiet(async () => [...(await look()), ...(await probes.underWay())], deadlineMs);
    if (moved.underWay.length > 0 || moved.seen.every((what) => what === PROBES)) return moved.underWay;
  }
}

/** @returns what is under way when the time is up, and all that was seen. */
async function untilQuiet(look: () => Promise<readonly string[]>, deadlineMs: number) {
  const seen: string[] = [];
  for (let quietLooks = 0; ;) {
    const underWay = await look();
    seen.push(...underWay);
    quietLooks = underWay.length === 0 ? quietLooks + 1 : 0;
    if (quietLooks === QUIET_LOOKS || Date.now() > deadlineMs) return { underWay, seen };
    await delay(PAUSE_MS);
  }
}

/** Counts of what may be under way, by their names; by the places where it is, when it may be in several. */
export const LOOKS: Readonly<Record<string, (deployment: Deployment) => Promise<number | CountsByPlace>>> = {
  executions: runningExecutions,
  messages: countQueuedMessages,
  'unpublished events': unpublishedEvents,
  'webhooks not worked through': openWebhooks,
};

async function lookAround(deployment: Deployment, looks: typeof LOOKS): Promise<string[]> {
  const looking = Object.entries(looks).map(async ([what, look]) => found(what, await look(deployment)));
  return (await Promise.all(looking)).flat();
}

/** `3 executions`, `2 messages in MailQueue`; nothing for what there is none of. */
function found(what: string, counted: number | CountsByPlace): string[] {
  if (typeof counted === 'number') return counted === 0 ? [] : [`${counted} ${what}`];
  return Object.entries(counted).flatMap(([place, count]) => found(`${what} in ${place}`, count));
}

/** Of orders, of their cancellations and of returns. */
async function runningExecutions(deployment: Deployment): Promise<number> {
  const counts = await Promise.all(
    ['StateMachineArn', 'CancellationStateMachineArn', 'ReturnStateMachineArn'].map(async (machine) => {
      const stateMachineArn = deployment.output(machine);
      const { executions = [] } = await deployment.stepFunctions.send(
        new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults: 1000 }),
      );
      return executions.length;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function unpublishedEvents(deployment: Deployment): Promise<number> {
  const counts = await Promise.all(
    PENDING_SHARDS.map(async (shard) => {
      const { Count = 0 } = await deployment.dynamoDb.send(
        new QueryCommand({
          TableName: deployment.output('OutboxTableName'),
          IndexName: 'PendingIndex',
          KeyConditionExpression: 'pendingShard = :shard',
          ExpressionAttributeValues: { ':shard': shard },
          Select: 'COUNT',
        }),
      );
      return Count;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function openWebhooks(deployment: Deployment): Promise<number> {
  let open = 0;
  const pages = paginateScan(
    { client: deployment.dynamoDb },
    {
      TableName: deployment.output('WebhookInboxTableName'),
      FilterExpression: '#state = :received',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':received': 'RECEIVED' },
      Select: 'COUNT',
    },
  );
  for await (const page of pages) open += page.Count ?? 0;
  return open;
}
