import type { StackAssembly } from '../assembly/cloud-assembly.ts';
import type { DeployedStack } from '../assembly/deployed-stack.ts';
import type { ResourceType, StackIdentity } from '../assembly/resource-type.ts';
import type { AwsApis } from '../endpoint/aws-api.ts';
import type { DataFolder } from '../store/data-folder.ts';
import type { Journal } from '../store/journal.ts';
import type { Clock } from '@order-workflow/states-language/clock';
import type { TargetSender } from './shared/ports/targets.ts';

/**
 * One AWS service of the runtime. Its folder's `index.ts` makes it and is all that others import of it;
 * `service-list.ts` names it.
 */
export interface Service {
  readonly apis: AwsApis;
  /** The CloudFormation types that it brings up. */
  readonly resourceTypes: Readonly<Record<string, ResourceType>>;
  /**
   * Does at once what would be done by `untilMs` (epoch milliseconds), as if so much time had passed without anything
   * else to do. The clock stays. @returns how many waits ended.
   */
  skipWaits?(untilMs: number): number;
  /** Sets going what the data folder holds. Called once, when the template is deployed. */
  start?(): void | Promise<void>;
  /** Ends everything; what is under way goes on at the next start. Harmless without a `start` before. */
  stop?(): void | Promise<void>;
}

/** What every service is made from. A service that calls others names them, by their narrowest port, beside it. */
export interface ServiceContext {
  readonly clock: Clock;
  readonly stack: StackIdentity;
  readonly journal: Journal;
  readonly data: DataFolder;
  readonly assembly: StackAssembly;
  /** Delivers to any service by ARN. */
  readonly targets: TargetSender;
  /** The stack as it runs; for use once it is deployed. */
  readonly deployed: () => DeployedStack;
  /** Told of faults that the runtime outlives. */
  readonly onFault: (error: unknown) => void;
  /** Told that the runtime cannot go on; what it accepted is in the data folder. */
  readonly onLost: (error: unknown) => void;
}
