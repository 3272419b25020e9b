import type { State } from './definition.ts';
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

/** Every target is there, and every state can be reached. */
export function checkTransitions(
  reader: FieldReader,
  startAt: string,
  states: ReadonlyMap<string, State>,
  names: readonly string[],
): void {
  const targets = new Set([startAt]);
  if (startAt && !names.includes(startAt)) {
    reader.fault('MISSING_TRANSITION_TARGET', `StartAt names the state '${startAt}', which is not there`, 'StartAt');
  }
  for (const state of states.values()) {
    for (const target of targetsOf(state)) {
      targets.add(target);
      if (!names.includes(target)) {
        reader.fault('MISSING_TRANSITION_TARGET', `The state '${target}' is not there`, `States/${state.name}`);
      }
    }
  }
  for (const name of states.keys()) {
    if (!targets.has(name))
      reader.fault('MISSING_TRANSITION_TARGET', `State "${name}" is not reachable`, `States/${name}`);
  }
}

/** Every state that `state` can hand over to. */
export function targetsOf(state: State): string[] {
  if (state.type === 'Fail') return [];
  const targets = state.next === undefined ? [] : [state.next];
  if (state.type === 'Choice') targets.push(...state.choices.map((rule) => rule.next));
  if ('catchers' in state) targets.push(...state.catchers.map((entry) => entry.next));
  return targets;
}
