import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, type Clock } from '@order-workflow/states-language/clock';
import type { AwsCall, JsonObject } from '../../../endpoint/aws-api.ts';
import { Journal } from '../../../store/journal.ts';
import type { InvocationResult } from '../../shared/ports/functions.ts';
import { stepFunctionsApi } from '../stepfunctions-api.ts';
import type { StepFunctionsOptions } from '../stepfunctions-options.ts';
import { StepFunctionsService } from '../stepfunctions-service.ts';

/** What a test function does with its parsed payload; what it throws becomes its `errorType` by name. */
export type TestFunction = (payload: JsonObject) => unknown;

export interface PublishedEvent {
  readonly detailType: string;
  readonly detail: JsonObject;
  readonly resources: string[];
}

/** A Step Functions service on a store of its own that a test can crash and open again. For tests only. */
export class StepFunctionsHarness {
  readonly clock = new ManualClock();
  readonly published: PublishedEvent[] = [];
  readonly serviceCalls: { service: string; action: string; parameters: unknown }[] = [];
  readonly functions: Record<string, TestFunction> = {};
  readonly #folder = mkdtempSync(join(tmpdir(), 'stepfunctions-'));
  readonly #overrides: Partial<StepFunctionsOptions>;
  #journal: Journal;
  #life = { isOver: false };
  service: StepFunctionsService;

  constructor(overrides: Partial<StepFunctionsOptions> = {}) {
    this.#overrides = overrides;
    this.#journal = new Journal(join(this.#folder, 'runtime.sqlite'), { syncsInCommit: true });
    this.service = this.#open();
    this.service.start();
  }

  /** Calls an operation of the AWS API. */
  async call(operation: string, input: JsonObject = {}): Promise<JsonObject> {
    const found = stepFunctionsApi(this.service).operations[operation];
    if (!found) throw new Error(`There is no operation ${operation}.`);
    return found(input, CALL);
  }

  /** Creates a machine of these states. */
  async machine(name: string, definition: JsonObject): Promise<string> {
    const text = JSON.stringify({ QueryLanguage: 'JSONata', ...definition });
    const created = await this.call('CreateStateMachine', { name, definition: text, roleArn: ROLE });
    return created['stateMachineArn'] as string;
  }

  async start(stateMachineArn: string, input: unknown = {}, name?: string): Promise<string> {
    const request = { stateMachineArn, input: JSON.stringify(input), ...(name && { name }) };
    return (await this.call('StartExecution', request))['executionArn'] as string;
  }

  /** Lets everything run that does not wait for time or for a token. */
  async settle(): Promise<void> {
    await this.clock.advanceBy(0);
    await this.#journal.flushed();
    await this.clock.advanceBy(0);
  }

  async describe(executionArn: string): Promise<JsonObject> {
    return this.call('DescribeExecution', { executionArn });
  }

  /** Type of each event, with the state's name where there is one. */
  async history(executionArn: string): Promise<string[]> {
    const { events } = await this.call('GetExecutionHistory', { executionArn, maxResults: 1000 });
    return (events as JsonObject[]).map((event) => {
      const details = event['stateEnteredEventDetails'] ?? event['stateExitedEventDetails'];
      return details ? `${event['type']} ${details.name}` : event['type'];
    });
  }

  /** What a kill -9 leaves: the committed store, opened by a new service. */
  async crash(): Promise<void> {
    await this.#journal.flushed();
    this.#life.isOver = true;
    this.#life = { isOver: false };
    const abandoned = this.#journal;
    this.#journal = new Journal(join(this.#folder, 'runtime.sqlite'), { syncsInCommit: true });
    this.service = this.#open();
    this.service.start();
    abandoned.migrate('PRAGMA query_only = ON');
  }

  async close(): Promise<void> {
    await this.service.stop();
    this.#journal.close();
    rmSync(this.#folder, { recursive: true });
  }

  /** Timers and functions of a service that crashed are silent. */
  #open(): StepFunctionsService {
    const life = this.#life;
    const clock: Clock = {
      nowMs: () => this.clock.nowMs(),
      at: (dueAtMs, action) => this.clock.at(dueAtMs, () => (life.isOver ? undefined : action())),
    };
    const invoke = async (name: string, payload: string): Promise<InvocationResult> => {
      const result = await this.#invoke(name, payload);
      return life.isOver ? new Promise<never>(() => undefined) : result;
    };
    return new StepFunctionsService({
      journal: this.#journal,
      clock,
      stack: { region: 'us-east-1', accountId: '000000000000' },
      functions: {
        invoke,
        invokeAsync: async (name, payload) => void (await invoke(name, payload)),
      },
      integrations: {
        supports: (service, action) => service === 'dynamodb' && action === 'transactWriteItems',
        call: async (service, action, parameters) => {
          this.serviceCalls.push({ service, action, parameters });
          return { called: action };
        },
      },
      events: {
        publish: async ({ detailType, detail, resources }) => {
          this.published.push({ detailType, detail: detail as JsonObject, resources });
        },
      },
      random: () => 0.5,
      onStoreFailure: () => undefined,
      ...this.#overrides,
    });
  }

  async #invoke(name: string, payload: string): Promise<InvocationResult> {
    try {
      const result = await this.functions[name.split(':').at(-1)!]!(JSON.parse(payload) as JsonObject);
      return { payload: JSON.stringify(result ?? null) };
    } catch (error) {
      const { name: errorType, message: errorMessage } = error as Error;
      return { payload: JSON.stringify({ errorType, errorMessage, trace: [] }), functionError: 'Unhandled' };
    }
  }
}

export const ROLE = 'arn:aws:iam::000000000000:role/machine';
const CALL: AwsCall = { requestId: 'test', signal: new AbortController().signal };

/** A state that invokes the function of that name with the state's input. */
export function invokes(functionName: string, rest: JsonObject): JsonObject {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: functionName, Payload: '{% $states.input %}' },
    Output: '{% $states.result.Payload %}',
    ...rest,
  };
}

/** A state that hands its task token to the function and waits for the answer. */
export function waitsFor(functionName: string, rest: JsonObject): JsonObject {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: { FunctionName: functionName, Payload: { token: '{% $states.context.Task.Token %}' } },
    ...rest,
  };
}

export function errorNamed(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}
