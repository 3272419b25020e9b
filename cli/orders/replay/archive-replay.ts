import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeArchiveCommand,
  DescribeReplayCommand,
  StartReplayCommand,
  type DescribeReplayCommandOutput,
} from '@aws-sdk/client-eventbridge';
import type { Deployment } from '../../deployment.ts';
import { UserError } from '../../user-error.ts';
import { depthOf } from '../dead-letters/dead-letter-queues.ts';
import type { ReplayWindow } from './replay-window.ts';
import { oldOrdersStartedSince, ordersStartedFrom } from './started-executions.ts';

/** What a replay of the window would do, or did. */
export interface ReplayPlan {
  readonly archive: { readonly name: string; readonly state: string; readonly events: number };
  /** The only rule that gets the events. */
  readonly rule: string;
  readonly from: Date;
  readonly to: Date;
  /** Orders placed in the window whose executions exist: their events are skipped. */
  readonly alreadyStarted: readonly string[];
}

export interface ReplayOutcome extends ReplayPlan {
  readonly replay: string;
  readonly state: string;
  /** Orders of the window that the replay started. */
  readonly started: readonly string[];
  /** False when messages were still in the queue as the time was up: there may be more to start. */
  readonly finished: boolean;
}

export interface ReplayProgress {
  /** Share of the window that was replayed, 0 to 1. */
  (share: number, state: string): void;
}

const PAUSE_MS = 500;
const EMPTY_READS = 3;

export async function planReplay(deployment: Deployment, window: ReplayWindow): Promise<ReplayPlan> {
  const ArchiveName = deployment.output('ArchiveName');
  const { State = 'UNKNOWN', EventCount = 0 } = await deployment.events.send(
    new DescribeArchiveCommand({ ArchiveName }),
  );
  return {
    archive: { name: ArchiveName, state: State, events: EventCount },
    rule: deployment.output('CheckoutRuleArn'),
    ...window,
    alreadyStarted: await ordersStartedFrom(deployment, window),
  };
}

/**
 * Gives the archived events of the window to the checkout rule again, and to no other, and waits until its queue is
 * empty. Events of orders that were started before change nothing.
 * @throws UserError when EventBridge gives the replay up.
 */
export async function replayArchive(
  deployment: Deployment,
  plan: ReplayPlan,
  timeoutMs: number,
  onProgress: ReplayProgress,
): Promise<ReplayOutcome> {
  const startedAt = new Date();
  const deadlineMs = startedAt.getTime() + timeoutMs;
  const replay = `orders-${startedAt.toISOString().replaceAll(/[-:.]/g, '')}`;
  await startReplay(deployment, plan, replay);
  const ended = await untilReplayed(deployment, replay, plan, deadlineMs, onProgress);
  const state = ended.State ?? 'UNKNOWN';
  if (state === 'FAILED' || state === 'CANCELLED') {
    throw new UserError(`Replay ${replay} is ${state}: ${ended.StateReason ?? 'no reason given'}`);
  }
  onProgress(1, 'waiting for the checkout queue');
  const finished = state === 'COMPLETED' && (await queueDrained(deployment, deadlineMs));
  // New orders start while a replay runs; those of the window were placed before its end, ten minutes ago or more.
  const started = await oldOrdersStartedSince(deployment, ended.ReplayStartTime ?? startedAt, plan.to);
  return { ...plan, replay, state, started, finished };
}

async function startReplay(deployment: Deployment, plan: ReplayPlan, name: string): Promise<void> {
  await deployment.events.send(
    new StartReplayCommand({
      ReplayName: name,
      Description: 'orders replay',
      EventSourceArn: deployment.output('ArchiveArn'),
      EventStartTime: plan.from,
      EventEndTime: plan.to,
      Destination: { Arn: busArnOf(plan.rule), FilterArns: [plan.rule] },
    }),
  );
}

async function untilReplayed(
  deployment: Deployment,
  ReplayName: string,
  { from, to }: ReplayWindow,
  deadlineMs: number,
  onProgress: ReplayProgress,
): Promise<DescribeReplayCommandOutput> {
  for (;;) {
    const replay = await deployment.events.send(new DescribeReplayCommand({ ReplayName }));
    const { State = 'UNKNOWN', EventLastReplayedTime } = replay;
    const doneMs = (EventLastReplayedTime ?? from).getTime() - from.getTime();
    onProgress(Math.max(0, doneMs / (to.getTime() - from.getTime())), State);
    const isOver = State === 'COMPLETED' || State === 'FAILED' || State === 'CANCELLED';
    if (isOver || Date.now() > deadlineMs) return replay;
    await delay(PAUSE_MS);
  }
}

/** Waits until the checkout queue is empty. SQS counts approximately: several reads in a row have to agree. */
export async function queueDrained(deployment: Deployment, deadlineMs: number): Promise<boolean> {
  for (let emptyReads = 0; emptyReads < EMPTY_READS;) {
    if (Date.now() > deadlineMs) return false;
    const { visible, inFlight } = await depthOf(deployment, deployment.output('CheckoutQueueUrl'));
    emptyReads = visible + inFlight === 0 ? emptyReads + 1 : 0;
    if (emptyReads < EMPTY_READS) await delay(PAUSE_MS);
  }
  return true;
}

/** `…:rule/<bus>/<rule>` → `…:event-bus/<bus>`: a replay names its bus by ARN, and it must be the archive's own. */
function busArnOf(ruleArn: string): string {
  const [prefix, bus = 'default'] = ruleArn.split(/:rule\/|\//);
  return `${prefix}:event-bus/${bus}`;
}
