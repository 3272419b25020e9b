import {
  isRecord,
  InvalidDefinition,
  parseDefinition,
  parseSingleState,
  probeState,
  type Definition,
  type State,
  type StateGroup,
  type Json,
  type JsonRecord,
  type Probe,
  type TaskOutcome,
  type TaskRunner,
} from '@order-workflow/states-language';
import type { AwsOperation, JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { optionalString, requiredString } from '../shared/aws-input.ts';
import { integerMember, oneOf } from './api-values.ts';
import { checkMockResult, VALIDATION_MODES } from './mocks/mock-result.ts';
import type { StepFunctionsService } from './stepfunctions-service.ts';

type ProbeService = Pick<StepFunctionsService, 'tasks' | 'clock' | 'supportsResource'>;

/** TestState: one state, with a mocked or a real task, through the interpreter that runs executions. */
export function stateProbeOperation(service: ProbeService): Record<string, AwsOperation> {
  return { TestState: (input) => answerProbe(service, input) };
}

const LEVELS = ['INFO', 'DEBUG', 'TRACE'];
/** API reference, TestStateConfiguration: nothing bounds it from above. */
const RETRY_COUNTS = { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 };

async function answerProbe(service: ProbeService, input: JsonObject): Promise<JsonObject> {
  const level = oneOf(input, 'inspectionLevel', LEVELS) ?? 'INFO';
  const state = probedState(service, requiredString(input, 'definition'), optionalString(input, 'stateName'));
  const mock = mockOf(input, state);
  checkFailureCount(input);
  const stateInput = parsed(optionalString(input, 'input') ?? '{}', 'input');
  const probe = await probeState({
    state,
    input: stateInput,
    variables: parsedRecord(optionalString(input, 'variables') ?? '{}', 'variables'),
    context: contextOf(input, mock !== undefined),
    retriesUsed: integerMember((input['stateConfiguration'] ?? {}) as JsonObject, 'retrierRetryCount', RETRY_COUNTS),
    tasks: mock ?? service.tasks,
    nowMs: service.clock.nowMs(),
  });
  return {
    ...answer(probe),
    ...(level !== 'INFO' && { inspectionData: inspection(probe, state, JSON.stringify(stateInput)) }),
  };
}

function answer(probe: Probe): JsonObject {
  const failure = {
    ...(probe.error !== undefined && { error: probe.error }),
    ...(probe.cause !== undefined && { cause: probe.cause }),
  };
  switch (probe.kind) {
    case 'left':
      return { status: 'SUCCEEDED', output: probe.output, ...(probe.next !== undefined && { nextState: probe.next }) };
    case 'caught':
      return { status: 'CAUGHT_ERROR', output: probe.output, nextState: probe.next, ...failure };
    case 'retriable':
      return { status: 'RETRIABLE', ...failure };
    case 'failed':
      return { status: 'FAILED', ...failure };
  }
}

function inspection(probe: Probe, state: State, input: string): JsonObject {
  return {
    input,
    variables: JSON.stringify(probe.variables),
    ...(probe.taskInput !== undefined && {
      [state.type === 'Map' ? 'afterItemSelector' : 'afterArguments']: probe.taskInput,
    }),
    ...(probe.taskResult !== undefined && { result: probe.taskResult }),
    ...(probe.kind === 'caught' && { errorDetails: { catchIndex: probe.catchIndex } }),
    ...(probe.kind === 'retriable' && {
      errorDetails: { retryIndex: probe.retryIndex, retryBackoffIntervalSeconds: probe.backoffSeconds },
    }),
  };
}

function probedState({ supportsResource }: ProbeService, definition: string, stateName: string | undefined): State {
  try {
    if (stateName === undefined) return parseSingleState(definition, 'TestState', { supportsResource });
    const state = findState(parseDefinition(definition, { supportsResource }), stateName);
    if (!state) throw invalid(`The definition has no state '${stateName}'`);
    return state;
  } catch (error) {
    if (!(error instanceof InvalidDefinition)) throw error;
    throw new AwsError('InvalidDefinition', `Invalid State Machine Definition: '${error.message}'`);
  }
}

function findState(group: Definition | StateGroup, name: string): State | undefined {
  const own = group.states.get(name);
  if (own) return own;
  for (const state of group.states.values()) {
    const inner = state.type === 'Parallel' ? state.branches : state.type === 'Map' ? [state.processor] : [];
    for (const innerGroup of inner) {
      const found = findState(innerGroup, name);
      if (found) return found;
    }
  }
  return undefined;
}

const MOCKABLE = new Set(['Task', 'Map', 'Parallel']);

/** The wording is recorded from AWS (LocalStack's snapshot file test_state_mock_validation), but for a task's token. */
function mockOf(input: JsonObject, state: State): TaskRunner | undefined {
  const mock = input['mock'] as JsonObject | undefined;
  if (!mock) {
    if (state.type === 'Map' || state.type === 'Parallel') {
      const supported = 'Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]';
      throw new AwsError('InvalidDefinition', `TestState API does not support Map or Parallel states. ${supported}`);
    }
    if (state.type === 'Task' && state.resource.pattern !== 'requestResponse') {
      throw invalid('A Task that waits for a token can only be tested with a mock');
    }
    return undefined;
  }
  if (!MOCKABLE.has(state.type)) throw invalid(`State type '${state.type}' is not supported when a mock is specified`);
  if (input['revealSecrets'] === true) {
    throw invalid('TestState does not support RevealSecrets when a mock is specified.');
  }
  const outcome = mockedOutcome(mock, state);
  return { run: () => Promise.resolve(outcome) };
}

function mockedOutcome(mock: JsonObject, state: State): TaskOutcome {
  const mode = oneOf(mock, 'fieldValidationMode', VALIDATION_MODES) ?? 'STRICT';
  const result = optionalString(mock, 'result');
  const failure = mock['errorOutput'] as JsonObject | undefined;
  if ((result === undefined) === (failure === undefined)) {
    throw invalid('A test mock should have only one of the following fields: [result, errorOutput].');
  }
  if (result === undefined) {
    return { kind: 'failed', error: String(failure?.['error'] ?? ''), cause: String(failure?.['cause'] ?? '') };
  }
  const output = parsed(result, 'mock.result');
  checkMockResult(state, output, mode);
  return { kind: 'succeeded', output };
}

function checkFailureCount(input: JsonObject): void {
  const count: unknown = (input['stateConfiguration'] as JsonObject | undefined)?.['mapIterationFailureCount'];
  if (count === undefined) return;
  const mock = input['mock'] as JsonObject | undefined;
  if (!mock) throw invalid('TestState does not support MapIterationFailureCount when a mock is not specified.');
  const items = parsed(optionalString(mock, 'result') ?? '[]', 'mock.result');
  if (Array.isArray(items) && Number(count) > items.length) {
    throw invalid('Map iteration failure count must be less than or equal to the number of Map iterations');
  }
}

function contextOf(input: JsonObject, isMocked: boolean): JsonRecord | undefined {
  const text = optionalString(input, 'context');
  if (text === undefined) return undefined;
  if (!isMocked) throw invalid('context may only be specified together with a mock');
  return parsedRecord(text, 'context');
}

function parsedRecord(text: string, field: string): JsonRecord {
  const value = parsed(text, field);
  if (!isRecord(value)) throw invalid(`${field} must be a JSON object`);
  return value;
}

function parsed(text: string, field: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (field === 'input') throw new AwsError('InvalidExecutionInput', `Invalid input: ${(error as Error).message}`);
    throw invalid(`${field} must be JSON: ${(error as Error).message}`);
  }
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
