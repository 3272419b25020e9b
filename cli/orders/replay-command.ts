import type { Command } from 'commander';
import { colors } from '../colors.ts';
import type { Deployment } from '../deployment.ts';
import { followOrder, hasEnded, waitsForSomeone } from '../follow-order.ts';
import { UserError } from '../user-error.ts';
import {
  deploymentCommand,
  onDeployment,
  printJson,
  progressOnStderr,
  wholeNumber,
  type CommonOptions,
} from './command.ts';
import { EXIT_CODE, type ExitCode } from './exit-code.ts';
import { parseInstant } from './instant.ts';
import { parseOrderId } from './order-id.ts';
import { planReplay, replayArchive, type ReplayOutcome, type ReplayPlan } from './replay/archive-replay.ts';
import { replayOrder, storedCommand } from './replay/replay-order.ts';
import { replayWindow, type ReplayWindow } from './replay/replay-window.ts';

interface ReplayOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly order?: string;
  readonly wide: boolean;
  readonly dryRun: boolean;
  readonly timeout: number;
}

export function replayCommand(): Command {
  return deploymentCommand({
    name: 'replay',
    summary: 'Send archived checkouts to the order workflow again, and to nobody else',
    details:
      'Orders that have started before are skipped: however often you replay an order, it runs once. A window must be\n' +
      'at least ten minutes old, and one wider than a day needs --wide. EventBridge cannot replay a single order, so\n' +
      '--order sends the stored command of that order to the checkout queue.\n' +
      'Exit code 2 if the replay does not end in time, or if there is no such order.',
    examples: [
      'replay --from 2026-01-15T09:00:00Z --to 2026-01-15T10:00:00Z --dry-run',
      'replay --from 3h --to 30m',
      'replay --order 01K2Z5N8W0CHECK0VTSAMPRE01',
    ],
  })
    .option('--from <time>', 'start of the window: an ISO time or an age such as 3h')
    .option('--to <time>', 'end of the window (exclusive): an ISO time or an age such as 30m')
    .option('--order <id>', 'this order only; with a window, only if it was placed in the window')
    .option('--wide', 'allow a window wider than a day', false)
    .option('--dry-run', 'show what would be done, and do nothing', false)
    .option('--timeout <seconds>', 'how long to wait at most', wholeNumber(1, 86_400), 900)
    .action((options: ReplayOptions) =>
      onDeployment(options, (deployment) => {
        const window = windowOf(options, new Date());
        if (options.order !== undefined) return replayOne(deployment, options.order, window, options);
        if (window === undefined) throw new UserError('Give --from and --to, or --order. See --help.');
        return replayAll(deployment, window, options);
      }),
    );
}

function windowOf({ from, to, wide }: ReplayOptions, now: Date): ReplayWindow | undefined {
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined) throw new UserError('A window needs both --from and --to.');
  return replayWindow({ from: parseInstant('--from', from, now), to: parseInstant('--to', to, now) }, now, wide);
}

async function replayAll(deployment: Deployment, window: ReplayWindow, options: ReplayOptions): Promise<ExitCode> {
  const plan = await planReplay(deployment, window);
  if (options.dryRun) {
    if (options.json) printJson({ dryRun: true, ...plan });
    else for (const line of formatPlan(plan)) console.log(line);
    return EXIT_CODE.done;
  }
  const progress = progressOnStderr();
  try {
    const outcome = await replayArchive(deployment, plan, options.timeout * 1_000, (share, state) =>
      progress.stage(`replaying: ${Math.round(share * 100)} % of the window, ${state}`),
    );
    progress.clear();
    if (options.json) printJson(outcome);
    else for (const line of formatOutcome(outcome)) console.log(line);
    return outcome.finished ? EXIT_CODE.done : EXIT_CODE.notSo;
  } finally {
    progress.clear();
  }
}

async function replayOne(
  deployment: Deployment,
  order: string,
  window: ReplayWindow | undefined,
  options: ReplayOptions,
): Promise<ExitCode> {
  const orderId = parseOrderId(order);
  const stored = await storedCommand(deployment, orderId);
  const { command, foundIn, executionStatus } = stored;
  const placedAt = new Date(command.placedAt);
  if (window && !(placedAt >= window.from && placedAt < window.to)) {
    throw new UserError(`Order ${orderId} was placed at ${command.placedAt}, outside the window.`);
  }
  // Sent even so: whoever replays may doubt what Step Functions says, and a copy changes nothing.
  const skipped = executionStatus !== undefined;
  const report = { orderId, placedAt, foundIn, executionStatus, skipped, dryRun: options.dryRun };
  if (!options.dryRun) {
    await replayOrder(deployment, stored);
    if (!skipped) await untilStarted(deployment, orderId, options);
  }
  if (options.json) printJson(report);
  else for (const line of formatOne(report)) console.log(line);
  return EXIT_CODE.done;
}

async function untilStarted(deployment: Deployment, orderId: string, { timeout }: ReplayOptions): Promise<void> {
  const { execution } = await followOrder(deployment, orderId, {
    until: (known) => known.execution !== undefined || hasEnded(known) || waitsForSomeone(known),
    timeoutMs: timeout * 1_000,
  });
  if (!execution) throw new UserError(`Order ${orderId} was sent but has not started: see \`orders dlq explain\`.`);
}

export function formatPlan({ archive, rule, from, to, alreadyStarted }: ReplayPlan): string[] {
  return [
    `window   ${from.toISOString()} to ${to.toISOString()}`,
    `archive  ${archive.name} (${archive.state}, ${archive.events} events in all; it cannot be counted by time)`,
    `rule     ${rule}  ${colors.dim('no other rule gets the events')}`,
    `skipped  ${alreadyStarted.length} orders of this window have already started`,
    colors.dim('Nothing was replayed: this is a dry run.'),
  ];
}

export function formatOutcome(outcome: ReplayOutcome): string[] {
  const { replay, state, started, alreadyStarted, finished } = outcome;
  return [
    `${finished ? colors.green('✔') : colors.yellow('…')} replay ${replay} ${state}`,
    `  started  ${started.length}${started.length === 0 ? '' : `: ${started.join(', ')}`}`,
    `  skipped  ${alreadyStarted.length} that had started before`,
    ...(finished ? [] : ['  still going on: its orders start as the checkout queue is worked off']),
  ];
}

function formatOne(report: {
  readonly orderId: string;
  readonly placedAt: Date;
  readonly foundIn: string;
  readonly executionStatus: string | undefined;
  readonly dryRun: boolean;
}): string[] {
  const { orderId, placedAt, foundIn, executionStatus, dryRun } = report;
  const command = `order ${orderId}, placed ${placedAt.toISOString()}, command from its ${foundIn}`;
  const effect =
    executionStatus === undefined
      ? `${dryRun ? 'would be started' : colors.green('started')}`
      : `skipped: its execution exists (${executionStatus}). ` +
        'Continue a failed one with `orders redrive`, a parked one with `orders parked retry`.';
  return [command, `  ${effect}`];
}
