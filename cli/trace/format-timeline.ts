import { colors } from '../colors.ts';
import { moneyText } from '../../events/money.ts';
import { formatDuration } from '../orders/instant.ts';
import { coloredStatus } from '../orders/status-color.ts';
import type { Attempt, Step } from './execution-steps.ts';
import { heading, parkedLines } from './format-trace.ts';
import type { OrderTrace } from './order-trace.ts';
import type { StoredEvent } from './published-events.ts';

export interface TimelineOptions {
  /** Longest line; inputs and outputs are shortened to it. */
  readonly width: number;
}

/** Everything that is known about the order, for a person: what happened when, and what it left behind. */
export function formatTimeline(
  trace: OrderTrace,
  events: readonly StoredEvent[],
  { width }: TimelineOptions,
): string[] {
  return [
    heading(trace),
    ...executionLines(trace),
    ...section('journey', journeyLines(trace)),
    ...section(
      'steps',
      trace.steps.flatMap((step) => stepLines(step, width)),
    ),
    ...section('money', moneyLines(trace)),
    ...section('stock', stockLines(trace)),
    ...section('events', events.map(eventLine)),
    ...parkedLines(trace),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', colors.bold(title), ...lines.map((line) => `  ${line}`)];
}

function executionLines({ execution }: OrderTrace): string[] {
  if (!execution) return ['  no execution of the workflow'];
  const error = execution.error === undefined ? '' : colors.red(`  ${execution.error}`);
  return [`  execution ${coloredStatus(execution.status)}${error}  ${colors.dim(execution.executionArn)}`];
}

function journeyLines({ journey }: OrderTrace): string[] {
  return journey.map(({ at, status, reason, actor }) =>
    [clockTime(new Date(at)), coloredStatus(status, reason), actor === undefined ? '' : colors.dim(`by ${actor}`)]
      .filter(Boolean)
      .join('  '),
  );
}

function stepLines(step: Step, width: number): string[] {
  const took =
    step.exitedAt === undefined
      ? colors.yellow('waiting')
      : formatDuration(step.exitedAt.getTime() - step.enteredAt.getTime());
  return [
    `${clockTime(step.enteredAt)}  ${colors.bold(step.name)}  ${took}`,
    ...attemptLines(step),
    ...dataLine('in', step.input, width),
    ...dataLine('out', step.output, width),
  ];
}

/** A first attempt that succeeds needs no words. */
function attemptLines({ attempts }: Step): string[] {
  if (attempts.length === 1 && attempts[0]?.error === undefined) {
    return attempts.flatMap((attempt) => indented(waitForAnswer(attempt)));
  }
  return attempts.flatMap((attempt, index) => {
    const before = attempts[index - 1]?.endedAt;
    const pause = before === undefined ? '' : `  after ${formatDuration(span(before, attempt.scheduledAt))} pause`;
    return [...indented(`attempt ${index + 1}${pause}  ${outcomeOf(attempt)}`), ...indented(waitForAnswer(attempt))];
  });
}

function outcomeOf({ scheduledAt, endedAt, error, cause }: Attempt): string {
  if (endedAt === undefined) return colors.yellow('running');
  const took = formatDuration(span(scheduledAt, endedAt));
  if (error === undefined) return `${colors.green('succeeded')} in ${took}`;
  const reason = messageOf(cause);
  return `${colors.red(error)} after ${took}${reason === '' ? '' : colors.dim(`  ${shorten(reason, 100)}`)}`;
}

/** Only a wait that a person would notice: the answer of a task that asked somebody else. */
function waitForAnswer({ submittedAt, endedAt }: Attempt): string {
  if (submittedAt === undefined) return '';
  if (endedAt === undefined) return colors.yellow('waits for an answer');
  const waitedMs = span(submittedAt, endedAt);
  return waitedMs < 1 ? '' : colors.dim(`waited ${formatDuration(waitedMs)} for the answer`);
}

function indented(line: string): string[] {
  return line === '' ? [] : [`                ${line}`];
}

function dataLine(label: string, json: string | undefined, width: number): string[] {
  if (json === undefined || json === '{}') return [];
  return [colors.dim(`                ${label.padEnd(3)} ${shorten(json, Math.max(20, width - 22))}`)];
}

function moneyLines({ payment }: OrderTrace): string[] {
  if (!payment) return [];
  const { state, amountMinor, currency, paymentIntentId, declineCode, refundId } = payment;
  const amount = amountMinor === undefined || currency === undefined ? '' : moneyText(amountMinor, currency);
  return [[coloredMoney(state), amount, paymentIntentId, declineCode, refundId].filter(Boolean).join('  ')];
}

function coloredMoney(state: string): string {
  if (state === 'CHARGED') return colors.green(state);
  return state === 'REQUESTED' || state === 'AWAITING_CUSTOMER' ? colors.yellow(state) : state;
}

function stockLines({ reservation }: OrderTrace): string[] {
  if (!reservation) return [];
  const lines = (reservation.lines ?? []).map(({ sku, quantity }) => `${sku} x${quantity}`);
  return [[reservation.state, lines.join(', ')].filter(Boolean).join('  ')];
}

function eventLine({ createdAt, detailType, publishedAt }: StoredEvent): string {
  const published =
    publishedAt === undefined
      ? colors.yellow('not published yet')
      : colors.dim(`published after ${formatDuration(Date.parse(publishedAt) - Date.parse(createdAt))}`);
  return `${clockTime(new Date(createdAt))}  ${detailType}  ${published}`;
}

/** Lambda puts the error's message, type and stack into the cause as JSON; the message is what a person reads. */
function messageOf(cause = ''): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    if (typeof parsed === 'object' && parsed !== null && 'errorMessage' in parsed) return String(parsed.errorMessage);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return cause;
}

/** One line of at most `width` characters. */
export function shorten(text: string, width: number): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}

function span(from: Date, to: Date): number {
  return to.getTime() - from.getTime();
}

function clockTime(date: Date): string {
  return date.toISOString().slice(11, 23);
}
