import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { Clock } from '@order-workflow/states-language/clock';
import type { Journal } from '../../store/journal.ts';
import type { EventPublisher } from '../shared/ports/events.ts';
import type { FunctionInvoker } from '../shared/ports/functions.ts';
import type { SdkIntegrations } from './integrations/task-integrations.ts';
import type { MockTasks } from './mocks/mocked-executions.ts';

export interface StepFunctionsOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly stack: Pick<StackIdentity, 'region' | 'accountId'>;
  readonly functions: FunctionInvoker;
  readonly integrations: SdkIntegrations;
  readonly events: EventPublisher;
  /** Lets executions run test cases. */
  readonly mockedTasks?: MockTasks;
  /** A number in [0, 1), for retry jitter and for aliases of two versions. */
  readonly random?: () => number;
  /** Told when the store refused a step. Default: throws, which ends the process; a restart goes on from the store. */
  readonly onStoreFailure?: (error: unknown) => void;
  readonly onExecutionChange?: StepFunctionsSettings['onExecutionChange'];
}

export interface StepFunctionsSettings {
  /** Told of each change of an execution's history, when it can be read. Must not throw. */
  readonly onExecutionChange?: ((change: ExecutionChange) => void) | undefined;
}

/** The execution whose history has grown. */
export interface ExecutionChange {
  readonly executionArn: string;
  /** As whoever started it named it. */
  readonly name: string;
}
