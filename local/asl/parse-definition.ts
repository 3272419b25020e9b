import type { Catcher, Choice, Definition, MapState, Outcome, State, StateGroup, WaitState } from './definition.ts';
import { FieldReader, type Finding } from './definition-reader.ts';
import { StatesError } from './errors.ts';
import { isRecord, type Json, type JsonRecord } from './json.ts';
import type { Retrier } from './retry.ts';
import { parseTaskResource, type TaskResource } from './task-resource.ts';

export const LONGEST_SECONDS = 99_999_999;
const LONGEST_NAME = 80;

/** Why a definition cannot run, finding by finding. */
export class InvalidDefinition extends Error {
  override readonly name = 'InvalidDefinition';
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super(findings.map((finding) => `${finding.code}: ${finding.message} at ${finding.location}`).join('; '));
    this.findings = findings;
  }
}

export interface ParseOptions {
  /** Whether the runtime can run this resource; others stop the definition with their name. */
  readonly supportsResource: (resource: TaskResource) => boolean;
}

/** Parses a definition's text. @throws InvalidDefinition with every fault found. */
export function parseDefinition(text: string, options: ParseOptions): Definition {
  const findings: Finding[] = [];
  const definition = readMachine(text, findings, options);
  if (findings.length > 0 || !definition) throw new InvalidDefinition(findings);
  return definition;
}

function readMachine(text: string, findings: Finding[], options: ParseOptions): Definition | undefined {
  let source: unknown;
  try {
    source = JSON.parse(text);
  } catch (error) {
    findings.push({ code: 'INVALID_JSON_DESCRIPTION', message: (error as Error).message, location: '' });
    return undefined;
  }
  if (!isRecord(source)) {
    findings.push({ code: 'INVALID_JSON_DESCRIPTION', message: 'The definition must be a JSON object', location: '' });
    return undefined;
  }
  const machine = new FieldReader(source, '', findings);
  machine.value('Version');
  const queryLanguage = machine.text('QueryLanguage');
  const group = new GroupParser(options, queryLanguage === 'JSONata').group(machine, 'The state machine');
  const timeoutSeconds = machine.number('TimeoutSeconds', 1, { whole: true });
  machine.rejectOthers('The state machine');
  return { ...group, timeoutSeconds };
}

/** Parses a single state as TestState takes it. @throws InvalidDefinition. */
export function parseSingleState(text: string, name: string, options: ParseOptions): State {
  const findings: Finding[] = [];
  let state: State | undefined;
  try {
    const source: unknown = JSON.parse(text);
    if (!isRecord(source)) throw new SyntaxError('The definition must be a JSON object');
    state = new GroupParser(options, false).state(new FieldReader(source, '', findings), name);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    findings.push({ code: 'INVALID_JSON_DESCRIPTION', message: error.message, location: '' });
  }
  if (findings.length > 0 || !state) throw new InvalidDefinition(findings);
  return state;
}

class GroupParser {
  readonly #options: ParseOptions;
  readonly #isJsonata: boolean;
  readonly #names = new Set<string>();
  /** Variables that enclosing groups assign: an inner group must not assign them again. */
  #outerVariables: ReadonlySet<string> = new Set();

  constructor(options: ParseOptions, isJsonata: boolean) {
    this.#options = options;
    this.#isJsonata = isJsonata;
  }

  group(reader: FieldReader, what: string): StateGroup {
    const startAt = reader.requiredText('StartAt');
    const source = reader.value('States');
    const states = new Map<string, State>();
    if (!isRecord(source) || Object.keys(source).length === 0) {
      reader.fault('MISSING_FIELD', `${what} needs at least one state in States`);
      return { startAt, states };
    }
    const outer = this.#outerVariables;
    const own = assignedIn(source);
    for (const name of own) {
      if (outer.has(name))
        reader.fault('VARIABLE_SCOPE', `The variable '${name}' is already assigned in an outer scope`);
    }
    this.#outerVariables = new Set([...outer, ...own]);
    for (const [name, state] of Object.entries(source)) {
      const parsed = this.#namedState(reader, name, state);
      if (parsed) states.set(name, parsed);
    }
    this.#outerVariables = outer;
    checkTransitions(reader, startAt, states, Object.keys(source));
    return { startAt, states };
  }

  #namedState(reader: FieldReader, name: string, source: Json): State | undefined {
    const path = `States/${name}`;
    if (name.length > LONGEST_NAME)
      reader.fault('STATE_NAME', `State names have at most ${LONGEST_NAME} characters`, path);
    if (this.#names.has(name)) reader.fault('DUPLICATE_STATE_NAMES', `The state name '${name}' is used twice`, path);
    this.#names.add(name);
    if (!isRecord(source)) return reader.fault('SCHEMA_VALIDATION_FAILED', 'A state must be an object', path);
    return this.state(reader.inner(source, path), name);
  }

  state(reader: FieldReader, name: string): State | undefined {
    const type = reader.requiredText('Type');
    const queryLanguage = reader.text('QueryLanguage') ?? (this.#isJsonata ? 'JSONata' : 'JSONPath');
    if (queryLanguage !== 'JSONata') {
      return reader.fault(
        'UNSUPPORTED_QUERY_LANGUAGE',
        `QueryLanguage '${queryLanguage}' is not supported; use JSONata`,
      );
    }
    const state = this.#stateOfType(reader, name, type);
    if (state) reader.rejectOthers(`The ${type} state '${name}'`);
    return state;
  }

  #stateOfType(reader: FieldReader, name: string, type: string): State | undefined {
    switch (type) {
      case 'Task':
        return {
          type,
          name,
          resource: this.#resource(reader),
          arguments: reader.template('Arguments'),
          timeoutSeconds: reader.literalOrExpression('TimeoutSeconds', isPositiveSeconds, 'a positive integer'),
          heartbeatSeconds: reader.literalOrExpression('HeartbeatSeconds', isPositiveSeconds, 'a positive integer'),
          ...recovery(reader),
          ...outcome(reader),
        };
      case 'Pass':
        return { type, name, ...outcome(reader) };
      case 'Wait':
        return { type, name, until: waitUntil(reader), ...outcome(reader) };
      case 'Choice':
        return { type, name, ...choices(reader) };
      case 'Parallel':
        return {
          type,
          name,
          arguments: reader.template('Arguments'),
          branches: this.#branches(reader),
          ...recovery(reader),
          ...outcome(reader),
        };
      case 'Map':
        return this.#map(reader, name);
      case 'Succeed':
        return { type, name, assign: undefined, output: reader.template('Output'), next: undefined };
      case 'Fail':
        return { type, name, error: textTemplate(reader, 'Error'), cause: textTemplate(reader, 'Cause') };
      default:
        return reader.fault('UNSUPPORTED_STATE_TYPE', `The state type '${type}' of '${name}' is not supported`);
    }
  }

  #resource(reader: FieldReader): TaskResource {
    const arn = reader.requiredText('Resource');
    const resource = parseTaskResource(arn);
    if (arn && !(resource && this.#options.supportsResource(resource))) {
      reader.fault('UNSUPPORTED_RESOURCE', `The resource '${arn}' is not supported`, 'Resource');
    }
    return resource ?? { arn, resourceType: '', resource: '', pattern: 'requestResponse', isDirectFunction: false };
  }

  #branches(reader: FieldReader): StateGroup[] {
    const branches = reader.list('Branches');
    if (branches.length === 0) reader.fault('MISSING_FIELD', 'A Parallel state needs at least one branch');
    return branches.map((branch) => {
      const group = this.group(branch, 'A branch');
      branch.rejectOthers('A branch');
      return group;
    });
  }

  #map(reader: FieldReader, name: string): MapState {
    return {
      type: 'Map',
      name,
      items: reader.literalOrExpression('Items', (value) => typeof value === 'object' && value !== null, 'a list'),
      itemSelector: reader.template('ItemSelector'),
      maxConcurrency: reader.literalOrExpression(
        'MaxConcurrency',
        (value) => Number.isInteger(value) && (value as number) >= 0,
        'an integer of at least 0',
      ),
      processor: this.#processor(reader),
      ...recovery(reader),
      ...outcome(reader),
    };
  }

  #processor(reader: FieldReader): StateGroup {
    const source = reader.value('ItemProcessor');
    if (!isRecord(source)) {
      reader.fault('MISSING_FIELD', 'A Map state needs an ItemProcessor');
      return { startAt: '', states: new Map() };
    }
    const processor = reader.inner(source, 'ItemProcessor');
    const config = processor.value('ProcessorConfig');
    if (isRecord(config) && config['Mode'] !== undefined && config['Mode'] !== 'INLINE') {
      processor.fault(
        'UNSUPPORTED_FIELD',
        `A Map state of mode '${String(config['Mode'])}' is not supported`,
        'ProcessorConfig',
      );
    }
    const group = this.group(processor, 'An ItemProcessor');
    processor.rejectOthers('An ItemProcessor');
    return group;
  }
}

function outcome(reader: FieldReader): Outcome {
  const end = reader.value('End');
  const next = reader.text('Next');
  if ((end === true) === (next !== undefined)) {
    reader.fault('MISSING_TRANSITION_TARGET', 'A state needs either Next or "End": true, and not both');
  }
  return { assign: assignment(reader), output: reader.template('Output'), next };
}

function assignment(reader: FieldReader): Outcome['assign'] {
  const source = reader.value('Assign');
  if (source === undefined) return undefined;
  if (!isRecord(source)) return reader.fault('SCHEMA_VALIDATION_FAILED', 'Assign must be an object', 'Assign');
  for (const name of Object.keys(source)) {
    if (name === 'states') reader.fault('VARIABLE_NAME', "The variable name 'states' is reserved", 'Assign');
    else if (!/^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(name) || name.length > LONGEST_NAME) {
      reader.fault('VARIABLE_NAME', `'${name}' is no legal variable name`, 'Assign');
    }
  }
  return reader.template('Assign');
}

function recovery(reader: FieldReader): { retriers: Retrier[]; catchers: Catcher[] } {
  const retriers = reader.list('Retry');
  const catchers = reader.list('Catch');
  const parsed = {
    retriers: retriers.map((entry, index) => retrier(entry, index === retriers.length - 1)),
    catchers: catchers.map((entry, index) => catcher(entry, index === catchers.length - 1)),
  };
  return parsed;
}

function retrier(reader: FieldReader, isLast: boolean): Retrier {
  const jitter = reader.text('JitterStrategy') ?? 'NONE';
  if (jitter !== 'NONE' && jitter !== 'FULL') {
    reader.fault('SCHEMA_VALIDATION_FAILED', "JitterStrategy must be 'FULL' or 'NONE'", 'JitterStrategy');
  }
  const parsed = {
    errorEquals: errorNames(reader, isLast),
    intervalSeconds: reader.number('IntervalSeconds', 1, { whole: true }) ?? 1,
    maxAttempts: reader.number('MaxAttempts', 0, { whole: true }) ?? 3,
    backoffRate: reader.number('BackoffRate', 1, { whole: false }) ?? 2,
    maxDelaySeconds: reader.number('MaxDelaySeconds', 1, { whole: true }),
    jitter: jitter === 'FULL' ? ('FULL' as const) : ('NONE' as const),
  };
  reader.rejectOthers('A retrier');
  return parsed;
}

function catcher(reader: FieldReader, isLast: boolean): Catcher {
  const parsed = {
    errorEquals: errorNames(reader, isLast),
    assign: assignment(reader),
    output: reader.template('Output'),
    next: reader.requiredText('Next'),
  };
  reader.rejectOthers('A catcher');
  return parsed;
}

function errorNames(reader: FieldReader, isLast: boolean): string[] {
  const names = reader.value('ErrorEquals');
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === 'string')) {
    reader.fault('SCHEMA_VALIDATION_FAILED', 'ErrorEquals must be a list of error names', 'ErrorEquals');
    return [];
  }
  if (names.includes(StatesError.all) && (names.length > 1 || !isLast)) {
    reader.fault('STATES_ALL_POSITION', 'States.ALL must stand alone and in the last entry', 'ErrorEquals');
  }
  return names as string[];
}

function choices(reader: FieldReader): Outcome & { choices: Choice[] } {
  const rules = reader.list('Choices');
  if (rules.length === 0) reader.fault('MISSING_FIELD', 'A Choice state needs at least one choice');
  return {
    choices: rules.map(choice),
    next: reader.text('Default'),
    assign: assignment(reader),
    output: reader.template('Output'),
  };
}

function choice(reader: FieldReader): Choice {
  const condition = reader.literalOrExpression('Condition', (value) => typeof value === 'boolean', 'a boolean');
  if (!condition) reader.fault('MISSING_FIELD', 'A choice needs a Condition');
  const parsed = {
    condition: condition ?? { evaluate: () => false },
    next: reader.requiredText('Next'),
    assign: assignment(reader),
    output: reader.template('Output'),
  };
  reader.rejectOthers('A choice');
  return parsed;
}

function waitUntil(reader: FieldReader): WaitState['until'] {
  const seconds = reader.literalOrExpression('Seconds', isSeconds, `an integer from 0 to ${LONGEST_SECONDS}`);
  const timestamp = reader.literalOrExpression('Timestamp', isTimestamp, 'an ISO-8601 timestamp');
  if ((seconds === undefined) === (timestamp === undefined)) {
    reader.fault('WAIT_DURATION', 'A Wait state needs exactly one of Seconds and Timestamp');
  }
  if (timestamp) return { kind: 'timestamp', value: timestamp };
  return { kind: 'seconds', value: seconds ?? { evaluate: () => 0 } };
}

function textTemplate(reader: FieldReader, field: string): ReturnType<FieldReader['template']> {
  return reader.literalOrExpression(field, (value) => typeof value === 'string', 'a string');
}

export const isSeconds = (value: Json): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= LONGEST_SECONDS;

export const isPositiveSeconds = (value: Json): value is number => isSeconds(value) && value > 0;

export const isTimestamp = (value: Json): value is string =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/.test(value) &&
  !Number.isNaN(Date.parse(value));

/** Names of the variables that the states of a group assign themselves (not those of groups inside them). */
function assignedIn(states: JsonRecord): Set<string> {
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

function checkTransitions(
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
    if (!targets.has(name)) reader.fault('UNREACHABLE_STATE', `No state leads to '${name}'`, `States/${name}`);
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
