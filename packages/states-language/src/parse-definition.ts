import { assignedIn, checkEndState, checkTransitions } from './check-group.ts';
import type { Definition, MapState, State, StateGroup } from './definition.ts';
import { FieldReader, type Finding } from './definition-reader.ts';
import { MAX_SECONDS } from './durations.ts';
import { isStackOverflow } from './evaluation/evaluation-fault.ts';
import { isRecord, type Json, type JsonRecord } from './json.ts';
import { choices, MAX_NAME_LENGTH, outcome, recovery, textTemplate, waitUntil } from './parse-fields.ts';
import { parseTaskResource, type TaskResource } from './task-resource.ts';
import type { Available } from './validation/check-expressions.ts';

/** Why a definition cannot run, finding by finding; worded as CreateStateMachine does. */
export class InvalidDefinition extends Error {
  override readonly name = 'InvalidDefinition';
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super(findings.map(({ code, message, location }) => `${code}: ${message} at ${location ?? null}`).join(', '));
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
  const definition = withinStack(findings, () => readMachine(text, findings, options));
  if (findings.length > 0 || !definition) throw new InvalidDefinition(findings);
  return definition;
}

function readMachine(text: string, findings: Finding[], options: ParseOptions): Definition | undefined {
  const source = readObject(text, findings);
  if (!source) return undefined;
  const machine = new FieldReader(source, '', findings);
  machine.value('Version');
  const language = queryLanguage(machine) ?? 'JSONPath';
  const group = new GroupParser(options, language === 'JSONata').group(machine);
  const timeoutSeconds = machine.number('TimeoutSeconds', { min: 1, max: MAX_SECONDS });
  machine.rejectOthers();
  checkEndState(machine);
  return { ...group, timeoutSeconds };
}

/** Reading goes as deep as the definition does: one that is too deep for the stack is a finding. */
function withinStack<T>(findings: Finding[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!isStackOverflow(error)) throw error;
    findings.push({ code: 'TOO_DEEPLY_NESTED', message: 'The definition is too deeply nested' });
    return undefined;
  }
}

function readObject(text: string, findings: Finding[]): JsonRecord | undefined {
  let source: unknown;
  try {
    source = text.trim() === '' ? undefined : JSON.parse(text);
  } catch (error) {
    findings.push({ code: 'INVALID_JSON_DESCRIPTION', message: (error as Error).message });
    return undefined;
  }
  if (isRecord(source)) return source;
  findings.push({ code: 'SCHEMA_VALIDATION_FAILED', message: 'Definition must be a valid JSON object' });
  return undefined;
}

/** Only the exact word is JSONPath: whatever else stands there is a finding, and read as JSONata. */
function queryLanguage(reader: FieldReader): 'JSONata' | 'JSONPath' | undefined {
  const value = reader.value('QueryLanguage');
  if (value === undefined || value === 'JSONata' || value === 'JSONPath') return value;
  const isText = typeof value === 'string';
  reader.schemaFault(
    isText ? 'Value should be one of the following: [JSONPath, JSONata]' : 'Expected value of type [STRING]',
    'QueryLanguage',
  );
  return 'JSONata';
}

/** Parses a single state as TestState takes it. @throws InvalidDefinition. */
export function parseSingleState(text: string, name: string, options: ParseOptions): State {
  const findings: Finding[] = [];
  const state = withinStack(findings, () => {
    const source = readObject(text, findings);
    return source && new GroupParser(options, false).state(new FieldReader(source, '', findings), name);
  });
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

  group(reader: FieldReader): StateGroup {
    reader.require('States', 'StartAt');
    const startAt = reader.requiredText('StartAt');
    const source = reader.value('States');
    const states = new Map<string, State>();
    if (!isRecord(source)) {
      if (source !== undefined) reader.schemaFault('Expected value of type [OBJECT]', 'States');
      return { startAt, states };
    }
    if (Object.keys(source).length === 0) reader.schemaFault('Value cannot be empty', 'States');
    const outer = this.#outerVariables;
    const own = assignedIn(source);
    for (const name of own) {
      if (outer.has(name)) reader.schemaFault(`The variable name '${name}' was already defined in a parent scope.`);
    }
    this.#outerVariables = new Set([...outer, ...own]);
    for (const [name, state] of Object.entries(source)) {
      const parsed = this.#namedState(reader, name, state);
      if (parsed) states.set(name, parsed);
    }
    this.#outerVariables = outer;
    if (startAt) checkTransitions(reader, startAt, source);
    return { startAt, states };
  }

  #namedState(reader: FieldReader, name: string, source: Json): State | undefined {
    const path = `States/${name}`;
    if (name.length > MAX_NAME_LENGTH)
      reader.fault('INVALID_STATE_NAME', `State names have at most ${MAX_NAME_LENGTH} characters`, path);
    if (this.#names.has(name)) reader.fault('DUPLICATE_STATE_NAME', `Duplicate State name: ${name}`, path);
    this.#names.add(name);
    if (!isRecord(source)) return reader.schemaFault('Expected value of type [OBJECT]', path);
    return this.state(reader.inner(source, path), name);
  }

  state(reader: FieldReader, name: string): State | undefined {
    reader.require('Type');
    const type = reader.requiredText('Type');
    const language = queryLanguage(reader) ?? (this.#isJsonata ? 'JSONata' : 'JSONPath');
    if (language !== 'JSONata') {
      if (this.#isJsonata) {
        return reader.schemaFault("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
      }
      return reader.fault('UNSUPPORTED_QUERY_LANGUAGE', `QueryLanguage '${language}' is not supported; use JSONata`);
    }
    const state = type === '' ? undefined : this.#stateOfType(reader, name, type);
    if (state) reader.rejectOthers();
    return state;
  }

  #stateOfType(reader: FieldReader, name: string, type: string): State | undefined {
    switch (type) {
      case 'Task':
        return this.#task(reader, name);
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
          ...outcome(reader, WITH_RESULT),
        };
      case 'Map':
        return this.#map(reader, name);
      case 'Succeed':
        return { type, name, assign: undefined, output: reader.template('Output'), next: undefined };
      case 'Fail':
        return { type, name, error: textTemplate(reader, 'Error'), cause: textTemplate(reader, 'Cause') };
      default:
        return reader.schemaFault(
          "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]",
          'Type',
        );
    }
  }

  #task(reader: FieldReader, name: string): State {
    reader.require('Resource');
    const task = {
      type: 'Task' as const,
      name,
      resource: this.#resource(reader),
      arguments: reader.template('Arguments'),
      timeoutSeconds: reader.numberOrExpression('TimeoutSeconds', { min: 1, max: MAX_SECONDS }),
      heartbeatSeconds: reader.numberOrExpression('HeartbeatSeconds', { min: 1, max: MAX_SECONDS }),
      ...recovery(reader),
      ...outcome(reader, WITH_RESULT),
    };
    const [heartbeat, timeout] = [reader.value('HeartbeatSeconds'), reader.value('TimeoutSeconds')];
    if (typeof heartbeat === 'number' && typeof timeout === 'number' && heartbeat >= timeout) {
      reader.schemaFault('HeartbeatSeconds must be smaller than TimeoutSeconds', 'HeartbeatSeconds');
    }
    return task;
  }

  #resource(reader: FieldReader): TaskResource {
    const arn = reader.requiredText('Resource');
    const resource = parseTaskResource(arn);
    const isSupported = resource !== undefined && this.#options.supportsResource(resource);
    // Of AWS SDK integrations AWS knows every action: one that is not there is a mistake.
    if (arn && (!resource || (!isSupported && resource.resourceType.startsWith('aws-sdk:')))) {
      reader.schemaFault(
        `The resource provided ${arn} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`,
        'Resource',
      );
    } else if (resource && !isSupported) {
      reader.fault('UNSUPPORTED_RESOURCE', `The resource '${arn}' is not supported`, 'Resource');
    }
    return resource ?? { arn, resourceType: '', resource: '', pattern: 'requestResponse', isDirectFunction: false };
  }

  #branches(reader: FieldReader): StateGroup[] {
    reader.require('Branches');
    return reader.filledList('Branches').map((branch) => {
      const group = this.group(branch);
      branch.rejectOthers();
      return group;
    });
  }

  #map(reader: FieldReader, name: string): MapState {
    reader.require('ItemProcessor');
    return {
      type: 'Map',
      name,
      items: reader.literalOrExpression(
        'Items',
        (value) => typeof value === 'object' && value !== null,
        'Expected a list or a JSONata expression',
      ),
      itemSelector: reader.template('ItemSelector'),
      maxConcurrency: reader.numberOrExpression('MaxConcurrency', { min: 0 }),
      processor: this.#processor(reader),
      ...recovery(reader),
      ...outcome(reader, WITH_RESULT),
    };
  }

  #processor(reader: FieldReader): StateGroup {
    const source = reader.value('ItemProcessor');
    if (!isRecord(source)) {
      if (source !== undefined) reader.schemaFault('Expected value of type [OBJECT]', 'ItemProcessor');
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
    const group = this.group(processor);
    processor.rejectOthers();
    return group;
  }
}

/** States with a result of their own. */
const WITH_RESULT: Available = new Set(['result']);
