import { DescribeStateMachineForExecutionCommand } from '@aws-sdk/client-sfn';
import { Option, type Command } from 'commander';
import type { Deployment } from '../deployment.ts';
import { followOrder, hasEnded } from '../follow-order.ts';
import { formatTimeline } from '../trace/format-timeline.ts';
import { mermaidGraph } from '../trace/mermaid-graph.ts';
import { readOrderTrace, type OrderTrace } from '../trace/order-trace.ts';
import { readStoredEvents } from '../trace/published-events.ts';
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
    summary: 'Show everything that happened to an order: steps, attempts, waits, money, stock, events',
    details: 'Exit code 2 if there is no such order or, with --watch, if it does not end in time.',
    examples: [
      'trace 01K2Z5N8W0CHECK0VTSAMPRE01',
      'trace 01K2Z5N8W0CHECK0VTSAMPRE01 --watch --timeout 300',
      'trace 01K2Z5N8W0CHECK0VTSAMPRE01 --mermaid > path.mmd',
      "trace 01K2Z5N8W0CHECK0VTSAMPRE01 --json | jq '.steps[] | select(.attempts | length > 1)'",
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
  if (!known.order && !known.execution) throw new NotFound(`There is no order ${orderId}.`);
  if (!options.watch || options.json || options.mermaid) await print(deployment, known, options);
  return options.watch && !hasEnded(known) ? EXIT_CODE.notSo : EXIT_CODE.done;
}

async function watch(deployment: Deployment, orderId: string, options: TraceOptions): Promise<OrderTrace> {
  const isLive = !options.json && !options.mermaid;
  let printing = Promise.resolve();
  const last = await followOrder(deployment, orderId, {
    until: hasEnded,
    timeoutMs: options.timeout * 1_000,
    changeOf: ({ order, steps }) => JSON.stringify([order?.status, steps]),
    onChange: (known) => {
      if (isLive && known.execution) printing = printing.then(() => redraw(deployment, known, options));
    },
  });
  await printing;
  // The last event of an order is published a moment after its execution ended.
  if (isLive && last.execution) await redraw(deployment, last, options);
  return last;
}

/** A terminal shows the newest state; a pipe gets one line for each change. */
async function redraw(deployment: Deployment, known: OrderTrace, options: TraceOptions): Promise<void> {
  if (process.stdout.isTTY) {
    process.stdout.write(CLEAR_SCREEN);
    await print(deployment, known, options);
    return;
  }
  const step = known.steps.findLast(({ exitedAt }) => exitedAt === undefined)?.name ?? known.execution?.status;
  console.log([known.orderId, known.order?.status ?? 'not created yet', step].join('  '));
}

async function print(deployment: Deployment, known: OrderTrace, options: TraceOptions): Promise<void> {
  if (options.mermaid) {
    console.log(await graphOf(deployment, known));
    return;
  }
  const events = await readStoredEvents(deployment, known);
  if (options.json) printJson({ ...known, events });
  else
    for (const line of formatTimeline(known, events, { width: process.stdout.columns ?? DEFAULT_WIDTH }))
      console.log(line);
}

/** By the definition that this execution runs, which may be older than the deployed one. */
async function graphOf(deployment: Deployment, { orderId, execution, steps }: OrderTrace): Promise<string> {
  if (!execution) throw new UserError(`Order ${orderId} has no execution, so there is no path to draw.`);
  const { definition = '' } = await deployment.stepFunctions.send(
    new DescribeStateMachineForExecutionCommand({ executionArn: execution.executionArn }),
  );
  return mermaidGraph(definition, steps);
}
