import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** What asl-validator says of a definition; the package ships no types. */
export const validateDefinition = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => object;

export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Next?: string;
  readonly End?: boolean;
  readonly Branches?: readonly Machine[];
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Next: string;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: string;
}

export interface Machine {
  readonly StartAt: string;
  readonly TimeoutSeconds?: number;
  readonly States: Readonly<Record<string, State>>;
}

/** A workflow's definition as it is deployed, and ways to look at it. */
export class Definition {
  readonly machine: Machine;
  readonly states: ReadonlyMap<string, State>;
  /** Name and state of every Task. */
  readonly tasks: readonly (readonly [string, State])[];

  /** @param name of the file `workflows/<name>.asl.json`. */
  constructor(name: string) {
    this.machine = JSON.parse(readFileSync(new URL(`../${name}.asl.json`, import.meta.url), 'utf8')) as Machine;
    this.states = new Map(allStates(this.machine));
    this.tasks = [...this.states].filter(([, { Type }]) => Type === 'Task');
  }

  state(name: string): State {
    const state = this.states.get(name);
    if (state === undefined) throw new Error(`The definition has no state "${name}"`);
    return state;
  }

  waits({ Resource }: State): boolean {
    return Resource?.endsWith('.waitForTaskToken') ?? false;
  }

  /** States from the start along `Next`. */
  get path(): string[] {
    return this.pathFrom(this.machine.StartAt);
  }

  /** The same from a state on, itself included. */
  pathFrom(start: string): string[] {
    const path: string[] = [];
    for (let name: string | undefined = start; name !== undefined; name = this.state(name).Next) {
      path.push(name);
    }
    return path;
  }

  /** What the validator finds wrong. */
  validate(): object {
    return validateDefinition(this.machine);
  }
}

function allStates({ States }: Machine): [string, State][] {
  return Object.entries(States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.Branches ?? []).flatMap(allStates),
  ]);
}
