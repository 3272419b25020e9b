import type { Attempt, Step } from './execution-history.ts';
import { nextTryOf } from './next-try.ts';
import type { OrderExecution } from './order-executions.ts';
import type { StepView, WorkflowView } from './trace-view.ts';

/** What a compensation undoes. The names are those of the workflows' states. */
const UNDOES: Readonly<Record<string, string>> = {
  'Refund payment': 'Charge payment',
  'Refund payment meanwhile': 'Charge payment',
  'Release inventory': 'Reserve inventory',
  'Release inventory again': 'Reserve inventory',
};

/** A machine is named after its stack and its workflow; the ARN of an execution holds both names. */
const WORKFLOW_NAME = /:execution:.*?(?<name>order-[a-z]+):[^:]+$/;

export function workflowViewOf({ described, steps, workflow }: OrderExecution): WorkflowView {
  const { executionArn = '', status = 'UNKNOWN', startDate, stopDate, error, cause, redriveCount } = described;
  return {
    name: WORKFLOW_NAME.exec(executionArn)?.groups?.['name'] ?? executionArn,
    executionArn,
    status,
    ...(startDate && { startedAt: startDate.toISOString() }),
    ...(stopDate && { stoppedAt: stopDate.toISOString() }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
    ...(redriveCount && { redrives: redriveCount }),
    steps: steps.map((step) => stepViewOf(step, status === 'RUNNING', workflow)),
    graph: workflow.graph,
  };
}

function stepViewOf(step: Step, isRunning: boolean, { retriersOf }: OrderExecution['workflow']): StepView {
  const { name, cameFrom, enteredAt, exitedAt, input, output, attempts } = step;
  const state = stateOf(step, isRunning);
  const nextTry = state === 'retrying' ? nextTryOf(attempts, retriersOf.get(name) ?? []) : undefined;
  return {
    name,
    state,
    ...(UNDOES[name] !== undefined && { undoes: UNDOES[name] }),
    ...(cameFrom !== undefined && { cameFrom }),
    enteredAt: enteredAt.toISOString(),
    ...(exitedAt && { exitedAt: exitedAt.toISOString() }),
    attempts: attempts.map(attemptViewOf),
    ...(nextTry && {
      nextTry: {
        attempt: nextTry.attempt,
        earliestAt: nextTry.earliestAt.toISOString(),
        latestAt: nextTry.latestAt.toISOString(),
      },
    }),
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
  };
}

function stateOf({ exitedAt, attempts }: Step, isRunning: boolean): StepView['state'] {
  const last = attempts.at(-1);
  if (exitedAt !== undefined) return last?.error === undefined ? 'done' : 'failed';
  if (!isRunning) return 'failed';
  if (last?.error !== undefined) return 'retrying';
  return last?.submittedAt === undefined ? 'running' : 'waiting';
}

function attemptViewOf({ scheduledAt, submittedAt, endedAt, error, cause }: Attempt): StepView['attempts'][number] {
  return {
    scheduledAt: scheduledAt.toISOString(),
    ...(submittedAt && { submittedAt: submittedAt.toISOString() }),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
  };
}
