import type { MapState, ParallelState } from '../definition.ts';
import type { StateFailure } from '../errors.ts';
import type { ExecutionPort } from '../execution-port.ts';
import { groupOf, stateOf, type Frame, type FanOutPhase } from '../frame.ts';
import type { Json } from '../json.ts';
import type { Scope } from '../jsonata.ts';
import type { Template } from '../template.ts';
import { leave, payloadText } from './leave.ts';
import { wrongType } from './wrong-type.ts';

/** Starts every branch with the same input. */
export async function runParallel(execution: ExecutionPort, frame: Frame, state: ParallelState): Promise<void> {
  const input = state.arguments ? await state.arguments.evaluate(execution.scope(frame)) : frame.input;
  const text = input === frame.input ? frame.inputText : payloadText(input, state.name, 'arguments');
  const startedEventId = execution.record(frame, 'ParallelStateStarted');
  execution.setPhase(frame, {
    kind: 'fanOut',
    total: state.branches.length,
    startedEventId,
    items: undefined,
    maxConcurrency: 0,
  });
  for (const [branch, group] of state.branches.entries()) {
    execution.addFrame({ parent: frame, branch, group }, { value: input, text }, startedEventId);
  }
}

/** Starts as many iterations as MaxConcurrency lets; each one that ends starts the next. */
export async function runMap(execution: ExecutionPort, frame: Frame, state: MapState): Promise<void> {
  const scope = execution.scope(frame);
  const items = state.items ? await state.items.evaluate(scope) : frame.input;
  if (!isList(items)) throw wrongType(state.items ?? { location: 'Items', evaluate: () => items }, 'array', items);
  const maxConcurrency = await concurrency(state.maxConcurrency, scope);
  const startedEventId = execution.record(frame, 'MapStateStarted', { length: items.length });
  const phase: FanOutPhase = {
    kind: 'fanOut',
    total: items.length,
    startedEventId,
    items,
    maxConcurrency,
  };
  execution.setPhase(frame, phase);
  if (items.length === 0) return join(execution, frame, phase);
  await startIterations(execution, frame, phase);
}

async function concurrency(template: Template | undefined, scope: Scope): Promise<number> {
  if (!template) return 0;
  const value = await template.evaluate(scope);
  if (!Number.isInteger(value) || (value as number) < 0) throw wrongType(template, 'integer of at least 0', value);
  return value as number;
}

/** After a restart or redrive: iterations that had not started yet do so now. */
export function resumeFanOut(execution: ExecutionPort, frame: Frame): void {
  const { phase } = frame;
  if (phase.kind !== 'fanOut') return;
  execution.attemptLater(frame, () =>
    doneChildren(frame) === phase.total ? join(execution, frame, phase) : startIterations(execution, frame, phase),
  );
}

export async function branchDone(execution: ExecutionPort, parent: Frame, child: Frame): Promise<void> {
  const { phase } = parent;
  if (phase.kind !== 'fanOut') return;
  if (phase.items) execution.record(child, 'MapIterationSucceeded', iteration(parent, child.branch));
  await execution.attempt(parent, () =>
    doneChildren(parent) === phase.total ? join(execution, parent, phase) : startIterations(execution, parent, phase),
  );
}

/** One branch's failure ends the others and is the failure of the whole state. */
export async function branchFailed(
  execution: ExecutionPort,
  parent: Frame,
  child: Frame,
  failure: StateFailure,
): Promise<void> {
  const { phase } = parent;
  if (phase.kind !== 'fanOut') return;
  const isMap = phase.items !== undefined;
  const failedEventId = child.previousEventId;
  if (isMap) execution.recordRoot('MapIterationFailed', iteration(parent, child.branch), failedEventId);
  for (const sibling of parent.children) if (sibling !== child) abort(execution, sibling, failedEventId);
  parent.previousEventId = failedEventId;
  execution.record(parent, isMap ? 'MapStateFailed' : 'ParallelStateFailed');
  execution.touch(parent);
  await execution.attempt(parent, () => Promise.reject(failure));
}

async function join(execution: ExecutionPort, frame: Frame, phase: FanOutPhase): Promise<void> {
  const results: Json[] = Array.from({ length: phase.total });
  for (const child of frame.children) {
    if (child.phase.kind === 'done') results[child.branch] = child.phase.output;
    // Taken from the children only now: a parent with many items is not stored again for each of them.
    frame.previousEventId = Math.max(frame.previousEventId, child.previousEventId);
  }
  const state = stateOf(frame) as ParallelState | MapState;
  execution.removeChildren(frame);
  execution.setPhase(frame, { kind: 'run' });
  payloadText(results, state.name, 'result');
  execution.record(frame, `${state.type}StateSucceeded`);
  await leave(execution, frame, state, { result: results }, results);
}

async function startIterations(execution: ExecutionPort, frame: Frame, phase: FanOutPhase): Promise<void> {
  if (!phase.items) return;
  const state = stateOf(frame) as MapState;
  const limit = phase.maxConcurrency || Number.POSITIVE_INFINITY;
  let running = frame.children.size - doneChildren(frame);
  for (let index = frame.children.size; index < phase.total && running < limit; index += 1, running += 1) {
    const item = phase.items[index] ?? null;
    const scope = execution.scope(frame, undefined, { Index: index, Value: item });
    const value = state.itemSelector ? await state.itemSelector.evaluate(scope) : item;
    const text = payloadText(value, state.name, 'item');
    const eventId = execution.recordRoot('MapIterationStarted', { name: state.name, index }, phase.startedEventId);
    execution.addFrame({ parent: frame, branch: index, group: groupOf(frame, index) }, { value, text }, eventId);
  }
}

/** Every event of an abort follows the event that the failure is told by, as on AWS. */
function abort(execution: ExecutionPort, frame: Frame, failedEventId: number): void {
  if (frame.phase.kind === 'done') return;
  execution.quieten(frame);
  for (const child of frame.children) abort(execution, child, failedEventId);
  const { type } = stateOf(frame);
  const isUnderWay = frame.phase.kind !== 'enter' && frame.phase.kind !== 'failed';
  if (isUnderWay && ABORTABLE.has(type)) execution.recordRoot(`${type}StateAborted`, undefined, failedEventId);
  const { parent } = frame;
  if (parent?.phase.kind !== 'fanOut' || !parent.phase.items) return;
  execution.recordRoot('MapIterationAborted', iteration(parent, frame.branch), failedEventId);
}

const ABORTABLE: ReadonlySet<string> = new Set(['Task', 'Wait', 'Parallel', 'Map']);

function iteration(parent: Frame, index: number): { name: string; index: number } {
  return { name: parent.state, index };
}

function doneChildren(frame: Frame): number {
  let done = 0;
  for (const child of frame.children) if (child.phase.kind === 'done') done += 1;
  return done;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
