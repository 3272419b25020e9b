import { setTimeout as sleep } from 'node:timers/promises';
import { TestStateCommand, type SFNClient, type TestStateInput, type TestStateOutput } from '@aws-sdk/client-sfn';
import { handles, type State, type StateMachine } from '@order-workflow/states-language-coverage';
import type { MockedOutcome, TestCase } from '@order-workflow/runtime/stepfunctions-local';
import { parseMachine } from './definition.ts';
import { engineKind, openEngine } from './engine.ts';

/** Where a test case led, state by state. */
export interface Walk {
  readonly visited: readonly string[];
  /** How often each state was tested with a mock. */
  readonly attempts: ReadonlyMap<string, number>;
  readonly status: 'SUCCEEDED' | 'FAILED';
  /** Undefined after a failure, and after a Succeed state with Output: TestState gives no context to states without a mock. */
  readonly output: unknown;
  readonly error: string | undefined;
}

interface Ending {
  readonly status: Walk['status'];
  readonly output?: string | undefined;
  readonly error?: string | undefined;
}

/** AWS answers one TestState call a second. */
const PACE_MS = engineKind === 'aws' ? 1100 : 0;

/**
 * Goes through a state machine by TestState calls alone, as an execution would: each state gets the output and the
 * variables of the one before, and the mock that the test case has for it. Branches are walked one after the other.
 */
export async function walkStates(
  client: SFNClient,
  definition: string,
  testCase: TestCase,
  input: object,
): Promise<Walk> {
  const walker = new Walker(client, definition, testCase, input);
  const { status, output, error } = await walker.walk(parseMachine(definition), JSON.stringify(input), '{}');
  const { visited, attempts } = walker;
  return {
    visited,
    attempts,
    status,
    output: output === undefined ? undefined : (JSON.parse(output) as unknown),
    error,
  };
}

class Walker {
  readonly visited: string[] = [];
  readonly attempts = new Map<string, number>();
  readonly #client: SFNClient;
  readonly #definition: string;
  readonly #testCase: TestCase;
  readonly #executionInput: object;

  constructor(client: SFNClient, definition: string, testCase: TestCase, executionInput: object) {
    this.#client = client;
    this.#definition = definition;
    this.#testCase = testCase;
    this.#executionInput = executionInput;
  }

  async walk(machine: StateMachine, input: string, variables: string): Promise<Ending> {
    let name: string | undefined = machine.StartAt;
    let given = { input, variables };
    while (name !== undefined) {
      const state: State = machine.States[name]!;
      this.visited.push(name);
      if (state.Type === 'Succeed') return { status: 'SUCCEEDED', output: 'Output' in state ? undefined : given.input };
      const result: TestStateOutput = await this.#test(name, state, given);
      if (result.status === 'FAILED') return { status: 'FAILED', error: result.error };
      given = { input: result.output!, variables: result.inspectionData?.variables ?? given.variables };
      name = result.nextState;
    }
    return { status: 'SUCCEEDED', output: given.input };
  }

  async #test(name: string, state: State, given: Given): Promise<TestStateOutput> {
    if (state.Type === 'Task') return this.#testTask(name, state, given);
    if (state.Type === 'Parallel') return this.#testParallel(name, state, given);
    return this.#ask({ stateName: name, ...given });
  }

  /** Until the retriers let it go. */
  async #testTask(name: string, state: State, given: Given): Promise<TestStateOutput> {
    const retries = new Map<number, number>();
    for (;;) {
      const mocked = this.#nextResponse(name);
      const retrier =
        'Throw' in mocked ? (state.Retry ?? []).findIndex((entry) => handles(entry, mocked.Throw.Error)) : -1;
      const used = retries.get(retrier) ?? 0;
      const result = await this.#ask({
        stateName: name,
        ...given,
        context: this.#context(name, used),
        mock: mockOf(mocked),
        ...(retrier >= 0 && { stateConfiguration: { retrierRetryCount: used } }),
      });
      if (result.status !== 'RETRIABLE') return result;
      retries.set(retrier, used + 1);
    }
  }

  async #testParallel(name: string, { Branches = [] }: State, given: Given): Promise<TestStateOutput> {
    const outputs: unknown[] = [];
    const context = this.#context(name, 0);
    for (const branch of Branches) {
      const { status, output, error = '' } = await this.walk(branch, given.input, given.variables);
      if (status === 'FAILED') {
        return this.#ask({ stateName: name, ...given, context, mock: { errorOutput: { error, cause: '' } } });
      }
      outputs.push(output === undefined ? {} : JSON.parse(output));
    }
    return this.#ask({ stateName: name, ...given, context, mock: { result: JSON.stringify(outputs) } });
  }

  #nextResponse(name: string): MockedOutcome {
    const invocation = this.attempts.get(name) ?? 0;
    this.attempts.set(name, invocation + 1);
    const outcome = this.#testCase[name]?.get(invocation);
    if (!outcome) throw new Error(`The test case has no response for invocation ${invocation} of '${name}'.`);
    return outcome;
  }

  #context(stateName: string, retryCount: number): string {
    return contextText({ stateName, retryCount, executionInput: this.#executionInput });
  }

  async #ask(input: Omit<TestStateInput, 'definition'>): Promise<TestStateOutput> {
    return testState(this.#client, { definition: this.#definition, inspectionLevel: 'DEBUG', ...input });
  }
}

interface Given {
  readonly input: string;
  readonly variables: string;
}

/** One TestState call, at the pace that the engine takes. */
export async function testState(client: SFNClient, input: TestStateInput): Promise<TestStateOutput> {
  if (PACE_MS > 0) await sleep(PACE_MS);
  return client.send(new TestStateCommand(input));
}

/** Whether the engine that the environment asks for knows TestState. */
export async function supportsTestState(): Promise<boolean> {
  if (engineKind !== 'foreign') return true;
  const engine = await openEngine();
  try {
    await testState(engine.client, { definition: '{"Type":"Succeed","QueryLanguage":"JSONata"}' });
    return true;
  } catch {
    // Each emulator has its own way to refuse an operation that it does not know.
    return false;
  } finally {
    await engine.close();
  }
}

/** What a mocked state sees as `$states.context`. */
export function contextText(place: { stateName: string; retryCount: number; executionInput: object }): string {
  const account = 'us-east-1:123456789012';
  const atTime = '2026-01-15T09:30:00.000Z';
  return JSON.stringify({
    Execution: {
      Id: `arn:aws:states:${account}:execution:test-state:walk`,
      Input: place.executionInput,
      Name: 'walk',
      RoleArn: 'arn:aws:iam::123456789012:role/workflow-tests',
      StartTime: atTime,
      RedriveCount: 0,
    },
    State: { Name: place.stateName, EnteredTime: atTime, RetryCount: place.retryCount },
    StateMachine: { Id: `arn:aws:states:${account}:stateMachine:test-state`, Name: 'test-state' },
    Task: { Token: 'token' },
  });
}

/** Not validated against Lambda's API: the answer of a task token's holder has no model. */
function mockOf(mocked: MockedOutcome): NonNullable<TestStateInput['mock']> {
  if ('Throw' in mocked) return { errorOutput: { error: mocked.Throw.Error, cause: mocked.Throw.Cause } };
  return { result: JSON.stringify(mocked.Return), fieldValidationMode: 'NONE' };
}
