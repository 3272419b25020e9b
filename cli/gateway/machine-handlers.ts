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
import { replayOrder, storedCommand } from '../orders/replay/replay-order.ts';
import { publishCheckout } from '../publish-checkout.ts';
import { UserError } from '../user-error.ts';
import { answerJson, answerProblem, readJson } from './answer.ts';
import type { Handler, ServedPage } from './gateway.ts';

export interface MachineOptions {
  readonly deployment: Deployment;
  readonly sandboxUrl: string;
  readonly kill?: (() => void) | undefined;
}

const Order = z.looseObject({});
const OrderRef = z.strictObject({ orderId: OrderId });
const QueueRef = z.strictObject({ queue: z.string() });

const DAY_MS = 24 * 60 * 60 * 1000;
/** The newest so many lines are shown. */
const MAX_LINES = 300;
/** The answer reaches the page before the process is gone. */
const LAST_WORDS_MS = 100;

/** What the page of this machine can do that the command line can: the same code answers both. */
export function machineHandlers({ deployment, sandboxUrl, kill }: MachineOptions): NonNullable<ServedPage['handlers']> {
  return {
    'GET /machine/logs': async (request, response) => {
      const query = new URL(request.url ?? '/', 'http://page').searchParams;
      answerJson(response, 200, { lines: await readLines(deployment, query) });
    },
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
      return { orderId };
    }),
    'POST /machine/redrive': takes(QueueRef, async ({ queue }) =>
      redriveQueue(deployment, deadLetterQueue(deployment, queue), () => undefined),
    ),
    'POST /machine/kill': kill === undefined ? cannotKill : killing(kill),
  };
}

/** Does something with a small JSON body; what it refuses is the caller's fault, by name. */
function takes<Schema extends z.ZodType>(schema: Schema, act: (body: z.output<Schema>) => Promise<unknown>): Handler {
  return async (request, response) => {
    try {
      answerJson(response, 200, await act(schema.parse(await readJson(request))));
    } catch (error) {
      const detail = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
      if (isCallersFault(error)) answerProblem(response, 400, 'REFUSED', detail);
      else throw error;
    }
  };
}

function isCallersFault(error: unknown): boolean {
  const isJson = error instanceof SyntaxError || error instanceof RangeError;
  return isJson || error instanceof z.ZodError || error instanceof UserError;
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

function killing(kill: () => void): Handler {
  return async (_request, response) => {
    answerJson(response, 202, { killed: true });
    await delay(LAST_WORDS_MS);
    kill();
  };
}

const cannotKill: Handler = (_request, response) => {
  answerProblem(response, 404, 'CANNOT_KILL', 'This program was not started by npm start: kill its process instead.');
};
