import { readFileSync } from 'node:fs';
import type { State, StateMachine } from '@order-workflow/states-language-coverage';

/**
 * The deployed definition of `workflows/<name>.asl.json`, with every `${Function}` filled by an ARN of that name.
 * Nothing is invoked: tasks are mocked.
 */
export function definitionText(name: string): string {
  const text = readFileSync(new URL(`../${name}.asl.json`, import.meta.url), 'utf8');
  return text.replaceAll(/\$\{(\w+)\}/g, 'arn:aws:lambda:us-east-1:123456789012:function:$1');
}

export function parseMachine(text: string): StateMachine {
  return JSON.parse(text) as StateMachine;
}

/**
 * The same definition with every retry after at most a second, for engines in which time really passes. States, paths,
 * error names and numbers of attempts stay.
 */
export function withShortRetries(text: string): string {
  return JSON.stringify(shortened(JSON.parse(text) as StateMachine));
}

function shortened(machine: StateMachine): StateMachine {
  const states = Object.entries(machine.States).map(([name, state]) => [name, withShortRetry(state)]);
  return { ...machine, States: Object.fromEntries(states) };
}

function withShortRetry(state: State): State {
  return {
    ...state,
    ...(state.Retry && { Retry: state.Retry.map(shortRetrier) }),
    ...(state.Branches && { Branches: state.Branches.map(shortened) }),
    ...(state.ItemProcessor && { ItemProcessor: shortened(state.ItemProcessor) }),
  };
}

function shortRetrier(retrier: NonNullable<State['Retry']>[number]): typeof retrier {
  // MaxDelaySeconds must be greater than IntervalSeconds, and with a constant interval there is nothing to cap.
  const { MaxDelaySeconds: _, ...rest } = retrier as typeof retrier & { MaxDelaySeconds?: number };
  return Object.assign(rest, { IntervalSeconds: 1, BackoffRate: 1 });
}
