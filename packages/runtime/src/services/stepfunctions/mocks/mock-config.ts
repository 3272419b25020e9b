import { readFileSync, statSync } from 'node:fs';
import * as z from 'zod';

/** Responses of a mocked state, by the number of its invocation in an execution, from 0. */
export type MockedResponse = ReadonlyMap<number, MockedOutcome>;
export type MockedOutcome =
  | { readonly Return: unknown }
  | { readonly Throw: { readonly Error: string; readonly Cause: string } };

/** Which response each mocked state of a test case has; a state that is not named is not mocked. */
export type TestCase = Readonly<Record<string, MockedResponse>>;

export interface MockConfig {
  /** Undefined when the machine has no such test case. */
  testCase(machineName: string, testCase: string): TestCase | undefined;
}

/** The mock configuration cannot be used. The message says where and why. Terminal until the file is changed. */
export class InvalidMockConfig extends Error {
  override readonly name = 'InvalidMockConfig';
}

const Thrown = z.strictObject({ Error: z.string().min(1), Cause: z.string().default('') });
const Outcome = z.union([z.strictObject({ Return: z.json() }), z.strictObject({ Throw: Thrown })], {
  error: 'expected either {"Return": …} or {"Throw": {"Error": …, "Cause": …}}',
});
const Invocations = z
  .string()
  .regex(/^\d+(-\d+)?$/, { error: 'expected the number of an invocation, or a range "1-2"' });
const ConfigFile = z.strictObject({
  StateMachines: z.record(
    z.string(),
    z.strictObject({ TestCases: z.record(z.string(), z.record(z.string(), z.string())) }),
  ),
  MockedResponses: z.record(z.string(), z.record(Invocations, Outcome)),
});
/** A mock configuration as it is written: the format of Step Functions Local's MockConfigFile.json. */
export type MockConfigJson = z.input<typeof ConfigFile>;

/**
 * Checks a mock configuration.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html
 * @throws InvalidMockConfig.
 */
export function parseMockConfig(json: unknown): MockConfig {
  const checked = ConfigFile.safeParse(json);
  if (!checked.success) {
    const findings = checked.error.issues.map(({ path, message }) => `${path.join(' → ') || 'the file'}: ${message}`);
    throw new InvalidMockConfig(findings.join('; '));
  }
  const { StateMachines: machines, MockedResponses: written } = checked.data;
  const responses = new Map(Object.entries(written).map(([name, response]) => [name, byInvocation(name, response)]));
  const testCases = new Map<string, TestCase>();
  for (const [machine, { TestCases }] of Object.entries(machines)) {
    for (const [name, states] of Object.entries(TestCases)) {
      const place = `StateMachines → ${machine} → TestCases → ${name}`;
      testCases.set(keyOf(machine, name), withResponses(states, responses, place));
    }
  }
  return { testCase: (machineName, name) => testCases.get(keyOf(machineName, name)) };
}

/** Reads a mock configuration file, and again whenever it has changed. @throws InvalidMockConfig. */
export function mockConfigFile(path: string): () => MockConfig {
  let readAtMs = Number.NaN;
  let config: MockConfig | undefined;
  return () => {
    const changedAtMs = modifiedMs(path);
    if (!config || changedAtMs !== readAtMs) {
      config = readConfig(path);
      readAtMs = changedAtMs;
    }
    return config;
  };
}

const keyOf = (machine: string, testCase: string): string => `${machine}#${testCase}`;

/** "1-2" stands for 1 and 2. */
function byInvocation(name: string, response: Readonly<Record<string, MockedOutcome>>): MockedResponse {
  const outcomes = new Map<number, MockedOutcome>();
  for (const [range, outcome] of Object.entries(response)) {
    const [first = 0, last = first] = range.split('-').map(Number);
    if (last < first)
      throw new InvalidMockConfig(`MockedResponses → ${name} → ${range}: the range ends before it begins`);
    for (let invocation = first; invocation <= last; invocation += 1) {
      if (outcomes.has(invocation)) {
        throw new InvalidMockConfig(`MockedResponses → ${name} → ${range}: invocation ${invocation} has two outcomes`);
      }
      outcomes.set(invocation, outcome);
    }
  }
  return outcomes;
}

function withResponses(
  states: Readonly<Record<string, string>>,
  responses: ReadonlyMap<string, MockedResponse>,
  place: string,
): TestCase {
  return Object.fromEntries(
    Object.entries(states).map(([state, name]) => {
      const response = responses.get(name);
      if (!response) throw new InvalidMockConfig(`${place} → ${state}: MockedResponses has no "${name}"`);
      return [state, response];
    }),
  );
}

function readConfig(path: string): MockConfig {
  try {
    return parseMockConfig(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new InvalidMockConfig(`The mock configuration ${path} is invalid: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function modifiedMs(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch (error) {
    throw new InvalidMockConfig(`The mock configuration ${path} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
