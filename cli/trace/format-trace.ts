import { colors } from '../colors.ts';
import { moneyText } from '../../events/money.ts';
import { coloredStatus } from '../orders/status-color.ts';
import { stepsOf, type OrderTrace, type Step } from './order-trace.ts';

/** The trace as lines of text for a person; coloured on a terminal, plain in a pipe. */
export function formatTrace(trace: OrderTrace): string[] {
  return [heading(trace), ...stepLines(stepsOf(trace)), ...parkedLines(trace)];
}

/** Who, how much, and how it stands. */
export function heading({ orderId, order, workflows: [saga] }: OrderTrace): string {
  if (!order) return `${orderId}  ${colors.yellow('not created yet')}`;
  const status = coloredStatus(order.status, order.reason);
  const total = moneyText(order.totalMinor, order.currency);
  const took =
    saga?.startedAt !== undefined && saga.stoppedAt !== undefined
      ? colors.dim(` in ${Date.parse(saga.stoppedAt) - Date.parse(saga.startedAt)} ms`)
      : '';
  return `${orderId}  ${order.customerId}  ${total}  ${status}${took}`;
}

function stepLines(steps: readonly Step[]): string[] {
  const width = Math.max(0, ...steps.map((step) => step.name.length));
  return steps.map((step) => {
    const entered = step.enteredAt.slice(11, 23);
    const duration = step.exitedAt
      ? `${Date.parse(step.exitedAt) - Date.parse(step.enteredAt)} ms`.padStart(9)
      : colors.yellow('waiting'.padStart(9));
    const tries = step.attempts.length;
    const attempts = tries === 0 ? '' : tries === 1 ? '1 attempt' : `${tries} attempts`;
    const failed = step.attempts.flatMap(({ error }) => error ?? []);
    const errors = failed.length === 0 ? '' : colors.red(`  ${countedNames(failed)}`);
    return `  ${entered}  ${step.name.padEnd(width)} ${duration}  ${attempts}${errors}`.trimEnd();
  });
}

export function parkedLines({ parked }: OrderTrace): string[] {
  return parked
    .filter((row) => row.isOpen)
    .map((row) => {
      const open = `${row.exposureCertain ? '' : 'up to '}${moneyText(row.exposureMinor, row.currency)}`;
      return colors.yellow(`  parked ${row.reason} at ${row.step} since ${row.since}, open: ${open}`);
    });
}

function countedNames(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} x${count}`)).join(', ');
}
