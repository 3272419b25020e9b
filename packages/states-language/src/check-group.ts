import type { FieldReader } from './definition-reader.ts';
import { isRecord, type Json, type JsonRecord } from './json.ts';

/** Names of the variables that the states of a group assign themselves (not those of groups inside them). */
export function assignedIn(states: JsonRecord): Set<string> {
  const names = new Set<string>();
  const note = (assign: Json | undefined): void => {
    if (isRecord(assign)) for (const name of Object.keys(assign)) names.add(name);
  };
  for (const state of Object.values(states)) {
    if (!isRecord(state)) continue;
    note(state['Assign']);
    for (const field of ['Catch', 'Choices']) {
      const entries = state[field];
      if (Array.isArray(entries)) for (const entry of entries) if (isRecord(entry)) note(entry['Assign']);
    }
  }
  return names;
}

/**
 * Every target is there, and every state can be reached from StartAt. Without any state that ends the machine AWS says
 * only that (measured: github.com/floci-io/floci, issue 2735 and pull request 2786).
 */
export function checkTransitions(reader: FieldReader, startAt: string, states: JsonRecord): void {
  const transitions = new Map(Object.entries(states).map(([name, state]) => [name, transitionsOf(name, state)]));
  for (const { target, location } of [{ target: startAt, location: 'StartAt' }, ...[...transitions.values()].flat()]) {
    if (!transitions.has(target))
      reader.fault('MISSING_TRANSITION_TARGET', `Missing 'Next' target: ${target}`, location);
  }
  if (reader.path === '' && !Object.values(states).some(endsMachine)) return;
  const reached = reachableFrom(startAt, transitions);
  for (const name of transitions.keys()) {
    if (reached.has(name)) continue;
    reader.fault('MISSING_TRANSITION_TARGET', `State "${name}" is not reachable.`, `States/${name}`);
  }
}

/** A machine has a state that ends it; a group inside one need not, on AWS. */
export function checkEndState(machine: FieldReader): void {
  const states = machine.value('States');
  if (!isRecord(states) || Object.values(states).some(endsMachine)) return;
  machine.faultAnywhere('MISSING_END_STATE', 'Workflow has no terminal state');
}

function endsMachine(state: Json): boolean {
  return isRecord(state) && (state['End'] === true || state['Type'] === 'Succeed' || state['Type'] === 'Fail');
}

interface Transition {
  readonly target: string;
  readonly location: string;
}

/** Read from the source, so that the faults of a state hide none of its transitions. */
function transitionsOf(name: string, state: Json): Transition[] {
  if (!isRecord(state)) return [];
  const path = `States/${name}`;
  const listed = ['Choices', 'Catch'].flatMap((field) => {
    const entries = Array.isArray(state[field]) ? (state[field] as readonly Json[]) : [];
    return entries.map((entry, index) => [isRecord(entry) ? entry['Next'] : undefined, `${field}[${index}]/Next`]);
  });
  const all = [[state['Next'], 'Next'], [state['Default'], 'Default'], ...listed];
  return all.flatMap(([target, field]) =>
    typeof target === 'string' ? [{ target, location: `${path}/${String(field)}` }] : [],
  );
}

function reachableFrom(start: string, transitions: ReadonlyMap<string, readonly Transition[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [start];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    open.push(...(transitions.get(name) ?? []).map(({ target }) => target));
  }
  return reached;
}
