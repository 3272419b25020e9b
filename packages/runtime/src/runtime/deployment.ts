import type { StackAssembly } from '../assembly/cloud-assembly.ts';
import { inertResourceTypes } from '../assembly/inert-resource-types.ts';
import type { LiveAssembly } from '../assembly/live-assembly.ts';
import type { StackIdentity } from '../assembly/resource-type.ts';
import { deployStack, planStack, type ResourceTypes, type StackPlan } from '../assembly/stack-plan.ts';
import { planUpdate } from '../assembly/stack-update.ts';
import { resourceTypesOf, type Services } from '../services/service-list.ts';
import { asStartError } from './start-error.ts';

export interface DeploymentOptions {
  readonly services: Services;
  readonly assembly: LiveAssembly;
  readonly stack: StackIdentity;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a reload took up, or why it took up nothing. */
export interface Reloaded {
  /** Logical ids. */
  readonly updated: readonly string[];
  /** `LogicalId (Type)` of what is new, gone or different and can only be brought up by a start. */
  readonly needsRestart: readonly string[];
}

/** The stack on its services: brought up at the start, and changed while it runs. */
export class Deployment {
  readonly #options: DeploymentOptions;
  readonly #types: ResourceTypes;
  #plan: StackPlan | undefined;

  constructor(options: DeploymentOptions) {
    this.#options = options;
    this.#types = { ...inertResourceTypes, ...resourceTypesOf(options.services) };
  }

  /** @throws StartError, UnsupportedFeature. */
  async deploy(): Promise<StackPlan> {
    const plan = this.#planOf(this.#options.assembly);
    await deployStack(plan, this.#types, this.#readSecret);
    this.#plan = plan;
    return plan;
  }

  /** Everything is looked at before anything changes. @throws StartError; nothing has changed then. */
  async reload(next: StackAssembly): Promise<Reloaded> {
    const takeBack = this.#options.assembly.replace(next);
    try {
      const plan = this.#planOf(next);
      const update = await planUpdate([this.#plan ?? plan, plan], this.#types, this.#readSecret);
      if (update.needsRestart.length > 0) {
        takeBack();
        return { updated: [], needsRestart: update.needsRestart };
      }
      for (const change of update.changes.values()) await change();
      this.#plan = plan;
      return { updated: [...update.changes.keys()], needsRestart: [] };
    } catch (error) {
      takeBack();
      throw asStartError(error);
    }
  }

  #planOf({ template }: StackAssembly): StackPlan {
    const { stack, parameters } = this.#options;
    return planStack({ template, stack, types: this.#types, parameters });
  }

  readonly #readSecret = (secretId: string): string | undefined =>
    this.#options.services.secretsManager.currentText(secretId);
}
