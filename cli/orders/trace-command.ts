import { setTimeout as delay } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import type { Deployment } from '../deployment.ts';
import { formatTimeline } from '../trace/format-timeline.ts';
import { mermaidGraph } from '../trace/mermaid-graph.ts';
import { isOver, readOrderTrace, stepsOf, type OrderTrace } from '../trace/order-trace.ts';
import { UserError } from '../user-error.ts';
import { NotFound } from './not-found.ts';
import { deploymentCommand, onDeployment, printJson, wholeNumber, type CommonOptions } from './command.ts';
import { EXIT_CODE, type ExitCode } from './exit-code.ts';
import { parseOrderId } from './order-id.ts';

interface TraceOptions extends CommonOptions {
  readonly watch: boolean;
  readonly timeout: number;
  readonly mermaid: boolean;
}

const DEFAULT_WIDTH = 140;
const CLEAR_SCREEN = '\x1b[2J\x1b[H';

export function traceCommand(): Command {
  return deploymentCommand({
    name: 'trace',
    summary: 'Show everything that happened to an order, over all its workflows, and whether its books agree',
    details: 'Exit code 2 if there is no such order or, with --watch, if it does not end in time.',
    examples: [
      'trace 01K2Z5N8W0CHECK0VTSAMPRE01',
      'trace 01K2Z5N8W0CHECK0VTSAMPRE01 --watch --timeout 300',
      'trace 01K2Z5N8W0CHECK0VTSAMPRE01 --mermaid > path.mmd',
      "trace 01K2Z5N8W0CHECK0VTSAMPRE01 --json | jq '.workflows[].steps[] | select(.attempts | length > 1)'",
    ],
  })
    .argument('<order>', 'id of the order')
    .option('--watch', 'show every change until the order ends', false)
    .option('--timeout <seconds>', 'how long to watch at most', wholeNumber(1, 86_400), 600)
    .addOption(
      new Option('--mermaid', 'print the path of the order as a Mermaid graph').default(false).conflicts('json'),
    )
    .action((order: string, options: TraceOptions) =>
      onDeployment(options, (deployment) => trace(deployment, parseOrderId(order), options)),
    );
}

async function trace(deployment: Deployment, orderId: string, options: TraceOptions): Promise<ExitCode> {
  const known = options.watch ? await watch(deployment, orderId, options) : await readOrderTrace(deployment, orderId);
  if (known === undefined) throw new NotFound(`There is no order ${orderId}.`);
  if (!options.watch || options.json || options.mermaid) print(known, options);
  return options.watch && !isOver(known) ? EXIT_CODE.notSo : EXIT_CODE.done;
}

const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 1_000;

/** Shows each change until every workflow of the order has stopped, or the time is up. */
async function watch(deployment: Deployment, orderId: string, options: TraceOptions): Promise<OrderTrace | undefined> {
  const isLive = !options.json && !options.mermaid;
  const deadlineMs = Date.now() + options.timeout * 1_000;
  let lastSeen: string | undefined;
  let wasOver = false;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, MAX_PAUSE_MS)) {
    const known = await readOrderTrace(deployment, orderId);
    const seen = known && JSON.stringify([known.order?.status, known.workflows]);
    if (isLive && known !== undefined && seen !== lastSeen) redraw(known, options);
    lastSeen = seen;
    const isNowOver = known !== undefined && isOver(known);
    // The parts of a look are read side by side: only the one after the end shows how each of them ended.
    if ((isNowOver && wasOver) || Date.now() > deadlineMs) return known;
    wasOver = isNowOver;
    if (!isNowOver) await delay(pauseMs);
  }
}

/** A terminal shows the newest state; a pipe gets one line for each change. */
function redraw(known: OrderTrace, options: TraceOptions): void {
  if (process.stdout.isTTY) {
    process.stdout.write(CLEAR_SCREEN);
    print(known, options);
    return;
  }
  const open = stepsOf(known).findLast(({ exitedAt }) => exitedAt === undefined)?.name;
  const step = open ?? known.workflows.at(-1)?.status ?? 'no workflow yet';
  console.log([known.orderId, known.order?.status ?? 'not created yet', step].join('  '));
}

function print(known: OrderTrace, options: TraceOptions): void {
  if (options.mermaid) console.log(graphOf(known));
  else if (options.json) printJson(known);
  else {
    const width = process.stdout.columns ?? DEFAULT_WIDTH;
    for (const line of formatTimeline(known, { width })) console.log(line);
  }
}

/** One chart for each workflow that the order was in. */
function graphOf({ orderId, workflows }: OrderTrace): string {
  if (workflows.length === 0) throw new UserError(`Order ${orderId} has no execution, so there is no path to draw.`);
  return workflows.map(mermaidGraph).join('\n\n');
}
