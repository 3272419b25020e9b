import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { underWay, type Verdict } from '../../test/invariants/check-invariants.ts';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { OrderId } from '../../events/vocabulary.ts';
import { checkBooks } from '../check-books.ts';
import { completedCheckout } from '../completed-checkout.ts';
import type { Deployment } from '../deployment.ts';
import { functionLogs } from '../logs/function-logs.ts';
import { parseLogLine } from '../logs/log-line.ts';
import { LogReader, type LogEntry } from '../logs/read-logs.ts';
import { deadLetterQueue } from '../orders/dead-letters/dead-letter-queues.ts';
import { redriveQueue } from '../orders/dead-letters/redrive.ts';
import { planReplay, queueDrained, replayArchive } from '../orders/replay/archive-replay.ts';
import { replayOrder, storedCommand } from '../orders/replay/replay-order.ts';
import { publishCheckout } from '../publish-checkout.ts';
import { answerJson, answerProblem } from './answer.ts';
import { describedEvent, describedSample } from './described-event.ts';
import type { Handler, ServedPage } from './gateway.ts';
import { gives, takes } from './json-handler.ts';

export interface MachineOptions {
  readonly deployment: Deployment;
  readonly sandboxUrl: string;
  readonly kill?: (() => void) | undefined;
  readonly reset?: (() => void) | undefined;
}

const Order = z.looseObject({});
const OrderRef = z.strictObject({ orderId: OrderId });
const QueueRef = z.strictObject({ queue: z.string() });
const Minutes = z.strictObject({ minutes: z.int().min(1).max(60) });
const EventRef = z.object({ eventId: z.string() });
const TypeRef = z.object({ detailType: z.string() });

const DAY_MS = 24 * 60 * 60 * 1000;
/** The newest so many lines are shown. */
const MAX_LINES = 300;
const LAST_WORDS_MS = 100;
const MINUTE_MS = 60_000;
/** A replay that takes longer is told as not finished. */
const REPLAY_MS = 30_000;

/** What the page of this machine can do that the command line can: the same code answers both. */
export function machineHandlers({
  deployment,
  sandboxUrl,
  kill,
  reset,
}: MachineOptions): NonNullable<ServedPage['handlers']> {
  return {
    'GET /machine/logs': async (request, response) => {
      const query = new URL(request.url ?? '/', 'http://page').searchParams;
      answerJson(response, 200, { lines: await readLines(deployment, query) });
    },
    'GET /machine/event': gives(EventRef, async ({ eventId }) => describedEvent(deployment, eventId)),
    'GET /machine/event-schema': gives(TypeRef, ({ detailType }) => describedSample(detailType)),
    'POST /machine/check-books': async (_request, response) => {
      const { snapshot, verdict } = await checkBooks(deployment, { readsArchive: true, sandboxUrl });
      answerJson(response, 200, { underWay: underWay(snapshot), rules: rulesOf(verdict) });
    },
    'POST /machine/checkout': takes(Order, async (order) => {
      const checkout = BasketCheckedOut.published.parse(completedCheckout(order));
      await publishCheckout(deployment, checkout);
      return { orderId: checkout.orderId };
    }),
    'POST /machine/replay': takes(OrderRef, async ({ orderId }) => {
      await replayOrder(deployment, await storedCommand(deployment, orderId));
      return { orderId, finished: await queueDrained(deployment, Date.now() + REPLAY_MS) };
    }),
    'POST /machine/replay-archive': takes(Minutes, async ({ minutes }) => replayLast(deployment, minutes)),
    'POST /machine/redrive': takes(QueueRef, async ({ queue }) =>
      redriveQueue(deployment, deadLetterQueue(deployment, queue), () => undefined),
    ),
    'POST /machine/kill': ending(kill),
    'POST /machine/reset': ending(reset),
  };
}

/** The archive of this machine has every event at once, so the ten minutes that AWS's needs are not kept to. */
async function replayLast(deployment: Deployment, minutes: number) {
  const to = new Date();
  const plan = await planReplay(deployment, { from: new Date(to.getTime() - minutes * MINUTE_MS), to });
  const { state, started, finished, alreadyStarted } = await replayArchive(
    deployment,
    plan,
    REPLAY_MS,
    () => undefined,
  );
  return { state, started, finished, alreadyStarted };
}

async function readLines(deployment: Deployment, query: URLSearchParams) {
  const about = query.get('about') ?? undefined;
  const entry = query.get('function') ?? undefined;
  const logs = (await functionLogs(deployment)).filter((log) => entry === undefined || log.entry === entry);
  const reader = new LogReader(deployment);
  try {
    const found = await reader.read({ logs, since: new Date(Date.now() - DAY_MS), containing: about });
    const lines = found
      .flatMap(lineOf)
      .filter(({ level }) => !query.has('errors') || /ERROR|FATAL|CRITICAL/.test(level));
    return lines.slice(-MAX_LINES);
  } finally {
    reader.close();
  }
}

function lineOf({ entry, atMs, message }: LogEntry) {
  const { level, text, stack, isMachinery } = parseLogLine(message);
  return isMachinery ? [] : [{ entry, atMs, level, text, stack }];
}

/** One row a rule, broken ones first. */
function rulesOf({ checked, skipped, violations }: Verdict) {
  const byRule = Map.groupBy(violations, ({ rule }) => rule);
  const rows = checked.map(({ id, says }) => {
    const found = (byRule.get(id) ?? []).map(({ keys, because }) => ({ keys, because }));
    return { id, says, state: found.length === 0 ? 'holds' : 'broken', found };
  });
  const unasked = skipped.map(({ id, says }) => ({ id, says, state: 'unasked', found: [] }));
  return [
    ...rows.filter(({ state }) => state === 'broken'),
    ...rows.filter(({ state }) => state === 'holds'),
    ...unasked,
  ];
}

/** The answer reaches the page before the process is gone. */
function ending(end: (() => void) | undefined): Handler {
  return async (_request, response) => {
    if (end === undefined) {
      const detail = 'This program was not started by npm start: kill its process instead.';
      return answerProblem(response, 404, 'CANNOT_KILL', detail);
    }
    answerJson(response, 202, { ends: true });
    await delay(LAST_WORDS_MS);
    end();
  };
}
