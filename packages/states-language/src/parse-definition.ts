import { assignedIn, checkTransitions } from './check-group.ts';
import type { Definition, MapState, State, StateGroup } from './definition.ts';
import { FieldReader, type Finding } from './definition-reader.ts';
import { isPositiveSeconds } from './durations.ts';
import { isRecord, type Json } from './json.ts';
import { choices, LONGEST_NAME, outcome, recovery, textTemplate, waitUntil } from './parse-fields.ts';
import { parseTaskResource, type TaskResource } from './task-resource.ts';

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
