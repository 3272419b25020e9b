import type { Machine } from '../machines/machine-store.ts';
import type { ExecutionRow } from './execution-store.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const REDRIVABLE_FOR_MS = 14 * DAY_MS;
/** A redrive needs room for at least one event more than the execution's end. */
export const MAX_EVENTS_TO_REDRIVE = 24_999;

export interface RedriveFields {
  readonly redriveStatus: 'REDRIVABLE' | 'NOT_REDRIVABLE';
  readonly redriveStatusReason?: string;
}

/**
 * Whether an execution may be redriven, as far as its row and its machine tell.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */
export function redriveFields(row: ExecutionRow, machine: Machine | undefined, nowMs: number): RedriveFields {
  const isDeleted = !machine || machine.isDeleting || row.startedMs < machine.createdMs;
  if (isDeleted) return notRedrivable('State machine is in DELETING status');
  if (row.status === 'RUNNING' || row.status === 'SUCCEEDED') {
    return notRedrivable(`Execution is ${row.status} and cannot be redriven`);
  }
  if (row.stoppedMs !== null && nowMs - row.stoppedMs > REDRIVABLE_FOR_MS) {
    return notRedrivable('Execution has exceeded the redrivable period of 14 days');
  }
  return { redriveStatus: 'REDRIVABLE' };
}

function notRedrivable(redriveStatusReason: string): RedriveFields {
  return { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason };
}
