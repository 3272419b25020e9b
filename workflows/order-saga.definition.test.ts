import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';

// The package ships no types.
const validateDefinition = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => object;

/** Rules of the definition that no validator knows; the behaviour is tested by running it. */

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Next?: string;
  readonly End?: boolean;
  readonly Branches?: readonly Machine[];
}

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: string;
}

interface Machine {
  readonly StartAt: string;
  readonly TimeoutSeconds?: number;
  readonly States: Readonly<Record<string, State>>;
}

const definition = JSON.parse(readFileSync(new URL('order-saga.asl.json', import.meta.url), 'utf8')) as Machine;

const allStates = (machine: Machine): [string, State][] =>
  Object.entries(machine.States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.Branches ?? []).flatMap(allStates),
  ]);
const tasks = allStates(definition).filter(([, state]) => state.Type === 'Task');
const waiting = tasks.filter(([, state]) => state.Resource?.endsWith('.waitForTaskToken'));
const named = (name: string): State => allStates(definition).find(([candidate]) => candidate === name)![1];

test('the definition is valid Amazon States Language', () => {
  expect(validateDefinition(definition)).toMatchObject({ isValid: true });
});

test('four states stand on the way to a confirmed order, because every transition is billed', () => {
  const path: string[] = [];
  for (let name: string | undefined = definition.StartAt; name !== undefined; name = named(name).Next) path.push(name);
  expect(path).toEqual(['Create order', 'Reserve inventory', 'Charge payment', 'Confirm order']);
});

test('the whole execution has a timeout, below the year that Step Functions allows', () => {
  expect(definition.TimeoutSeconds).toBeLessThan(31_536_000);
});

describe.each(tasks)('%s', (name, state) => {
  test('has a timeout, so that it cannot hang for ever', () => {
    expect(state.TimeoutSeconds).toBeGreaterThanOrEqual(30);
  });

  test('retries the one list of transient errors, bounded and with full jitter', () => {
    expect(state.Retry?.[0]).toEqual(named('Create order').Retry?.[0]);
    for (const retrier of state.Retry ?? []) {
      expect(retrier).toMatchObject({ JitterStrategy: 'FULL', MaxAttempts: expect.any(Number), MaxDelaySeconds: 60 });
    }
  });

  test('retries a timeout only where it does not wait for a person', () => {
    const retriesTimeout = state.Retry?.some(({ ErrorEquals }) => ErrorEquals.includes('States.Timeout'));
    expect(retriesTimeout).toBe(!waiting.some(([waitingName]) => waitingName === name));
  });

  test('lets no catcher end in a Fail state, which a redrive could not leave', () => {
    for (const { Next } of state.Catch ?? []) expect(named(Next).Type).not.toBe('Fail');
  });
});

test.each([
  'Create order',
  'Reserve inventory',
  'Charge payment',
  'Confirm order',
  'Refund payment',
  'Release inventory',
])('%s catches whatever is left, so that no failure skips the compensation', (name) => {
  expect(named(name).Catch?.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
});

test('retries of a whole cancelled order stay far below the history that an execution may have', () => {
  const eventsPerAttempt = 5;
  const attempts = tasks
    .filter(([name]) => !name.startsWith('Await'))
    .flatMap(([, state]) => state.Retry ?? [])
    .reduce((sum, retrier) => sum + (retrier.MaxAttempts ?? 3), 0);
  expect(attempts * eventsPerAttempt).toBeLessThan(1_000);
});
