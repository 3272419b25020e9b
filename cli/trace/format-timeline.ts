import { colors } from '../colors.ts';
import { moneyText } from '../../events/money.ts';
import { formatDuration } from '../orders/instant.ts';
import { coloredStatus } from '../orders/status-color.ts';
import { heading, parkedLines } from './format-trace.ts';
import type { Attempt, OrderTrace, Step, Workflow } from './order-trace.ts';

export interface TimelineOptions {
  /** Longest line; inputs and outputs are shortened to it. */
  readonly width: number;
}

/** Everything that is known about the order, for a person: what happened when, and what it left behind. */
export function formatTimeline(trace: OrderTrace, { width }: TimelineOptions): string[] {
  return [
    heading(trace),
    `  books  ${coloredVerdict(trace.books)}`,
    ...trace.books.faults.map((fault) => `         ${colors.red(fault)}`),
    ...(trace.workflows.length === 0 ? ['  no execution of a workflow'] : []),
    ...section('journey', journeyLines(trace)),
    ...trace.workflows.flatMap((workflow) => workflowLines(workflow, width)),
    ...section('money', moneyLines(trace)),
    ...section('stock', stockLines(trace)),
    ...section('events', trace.events.map(eventLine)),
    ...section('mails', trace.mails.map(mailLine)),
    ...parkedLines(trace),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', colors.bold(title), ...lines.map((line) => `  ${line}`)];
}

function workflowLines({ name, status, error, executionArn, steps }: Workflow, width: number): string[] {
  const failure = error === undefined ? '' : colors.red(`  ${error}`);
  return [
    ...section(
      `${name}  ${coloredStatus(status)}${failure}`,
      steps.flatMap((step) => stepLines(step, width)),
    ),
    colors.dim(`  ${executionArn}`),
  ];
}

function coloredVerdict({ verdict, text }: OrderTrace['books']): string {
  if (verdict === 'AGREE') return colors.green(text);
  return verdict === 'DISAGREE' ? colors.red(text) : colors.yellow(text);
}

function journeyLines({ journey }: OrderTrace): string[] {
  return journey.map(({ at, status, reason, actor }) =>
    [clockTime(at), coloredStatus(status, reason), actor === undefined ? '' : colors.dim(`by ${actor}`)]
      .filter(Boolean)
      .join('  '),
  );
}

function stepLines(step: Step, width: number): string[] {
  const took =
    step.exitedAt === undefined ? colors.yellow(step.state) : formatDuration(span(step.enteredAt, step.exitedAt));
  const undone = step.undoes === undefined ? '' : colors.dim(`  undoes ${step.undoes}`);
  return [
    `${clockTime(step.enteredAt)}  ${colors.bold(step.name)}  ${took}${undone}`,
    ...attemptLines(step),
    ...indented(nextTryText(step)),
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

function nextTryText({ nextTry }: Step): string {
  if (nextTry === undefined) return '';
  const { attempt, earliestAt, latestAt } = nextTry;
  const when = earliestAt === latestAt ? `at ${clockTime(latestAt)}` : `by ${clockTime(latestAt)}`;
  return colors.yellow(`attempt ${attempt} ${when}`);
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

function moneyLines({ payment, providerError }: OrderTrace): string[] {
  if (!payment) return [];
  const { state, amountMinor, currency, paymentIntentId, declineCode, refundId } = payment;
  const facts = [coloredMoney(state), moneyText(amountMinor, currency), paymentIntentId, declineCode, refundId];
  return [facts.filter(Boolean).join('  '), ...(providerError === undefined ? [] : [colors.yellow(providerError)])];
}

function coloredMoney(state: string): string {
  if (state === 'CHARGED') return colors.green(state);
  return state === 'REQUESTED' || state === 'AWAITING_CUSTOMER' ? colors.yellow(state) : state;
}

function stockLines({ reservation }: OrderTrace): string[] {
  if (!reservation) return [];
  const lines = reservation.lines.map(({ sku, quantity }) => `${sku} x${quantity}`);
  return [[reservation.state, lines.join(', ')].filter(Boolean).join('  ')];
}

function eventLine({ createdAt, detailType, ...delivered }: OrderTrace['events'][number]): string {
  return `${clockTime(createdAt)}  ${detailType}  ${deliveryText(delivered)}`;
}

function deliveryText({ delivery, delayMs }: Pick<OrderTrace['events'][number], 'delivery' | 'delayMs'>): string {
  if (delivery === 'STREAM') return colors.dim('to the bus at once');
  if (delivery === 'SET_ASIDE') return colors.red('set aside: malformed');
  if (delivery === 'WAITING' || delayMs === undefined) return colors.yellow('not published yet');
  return colors.dim(`published after ${formatDuration(delayMs)}`);
}

function mailLine({ kind, state, sentAt }: OrderTrace['mails'][number]): string {
  return sentAt === undefined
    ? `${kind}  ${colors.yellow(state)}`
    : `${clockTime(sentAt)}  ${kind}  ${colors.dim('sent')}`;
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

function span(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}

function clockTime(at: string): string {
  return at.slice(11, 23);
}
