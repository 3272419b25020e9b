import type { IconName } from '../../ui/icon.tsx';
import { durationText } from '../../ui/moment.tsx';
import type { Tone } from '../../ui/order-status.tsx';
import type { Attempt, OrderTrace, Step } from './order-trace.ts';

/** How a step stands, in an icon, a colour and words. */
export interface StepLook {
  readonly icon: IconName;
  readonly tone: Tone;
  /** `done`, `failed: PaymentDeclined`, `undone by Refund payment` … */
  readonly words: string;
}

/** Steps whose effect another step has undone since, by name, with that step's name. */
export function undoneSteps({ workflows }: Pick<OrderTrace, 'workflows'>): ReadonlyMap<string, string> {
  const undoing = workflows.flatMap(({ steps }) => steps).filter(({ state }) => state === 'done');
  return new Map(undoing.flatMap(({ undoes, name }) => (undoes === undefined ? [] : [[undoes, name] as const])));
}

export function lookOf(step: Step, undone: ReadonlyMap<string, string>): StepLook {
  const last = step.attempts.at(-1);
  switch (step.state) {
    case 'running':
      return { icon: 'running', tone: 'busy', words: `running${attemptText(step)}` };
    case 'waiting':
      return { icon: 'waiting', tone: 'busy', words: 'waiting for an answer' };
    case 'retrying':
      return { icon: 'waiting', tone: 'busy', words: retryText(step) };
    case 'failed':
      return { icon: 'failed', tone: 'bad', words: last?.error === undefined ? 'failed' : `failed: ${last.error}` };
    case 'done': {
      const by = undone.get(step.name);
      if (by !== undefined) return { icon: 'undone', tone: 'undone', words: `undone by ${by}` };
      return { icon: 'done', tone: 'good', words: `done${attemptText(step)}` };
    }
  }
}

function attemptText({ attempts }: Step): string {
  return attempts.length > 1 ? `, attempt ${attempts.length}` : '';
}

function retryText({ nextTry, attempts }: Step): string {
  const error = attempts.at(-1)?.error ?? 'an error';
  if (nextTry === undefined) return `${error}, tried again soon`;
  const inMs = new Date(nextTry.latestAt).getTime() - Date.now();
  return `${error}; attempt ${nextTry.attempt} within ${durationText(Math.max(0, inMs))}`;
}

/** How long somebody outside was waited for: a customer, an operator. */
export function waitedMs({ submittedAt, endedAt }: Attempt): number | undefined {
  if (submittedAt === undefined || endedAt === undefined) return undefined;
  return Date.parse(endedAt) - Date.parse(submittedAt);
}

/** The message of an error: Lambda puts it into the cause as JSON. */
export function causeText(cause: string | undefined): string {
  if (cause === undefined) return '';
  try {
    const parsed = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof parsed.errorMessage === 'string' ? parsed.errorMessage : cause;
  } catch {
    // Any text is a cause.
    return cause;
  }
}
