import { readdirSync, readFileSync } from 'node:fs';
import { refuse } from './project-fault.ts';
import { workflowFile } from './source-file.ts';

interface Machine {
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Type: string;
  /** Of a Parallel state. */
  readonly Branches?: readonly Machine[];
  /** Of a Map state. */
  readonly ItemProcessor?: Machine;
}

/** The name of each mocked state's response. */
type TestCase = Readonly<Record<string, string>>;

/** What Step Functions Local's MockConfigFile.json holds. */
interface MockConfig {
  readonly StateMachines: Readonly<Record<string, { readonly TestCases: Readonly<Record<string, TestCase>> }>>;
  readonly MockedResponses: Readonly<Record<string, unknown>>;
}

const DEFINITION_SUFFIX = '.asl.json';

/**
 * A mock that names no state of its machine mocks nothing: the state that was meant then calls the real function.
 * @throws ProjectFault naming every case, state and response that leads nowhere.
 */
export function checkMockCases(definitionsFolder: string): void {
  const file = `${definitionsFolder}/MockConfigFile.json`;
  const { StateMachines, MockedResponses } = JSON.parse(readFileSync(file, 'utf8')) as MockConfig;
  const definitions = readDefinitions(definitionsFolder);
  const faults = Object.entries(StateMachines).flatMap(([name, { TestCases }]): Fault[] => {
    const machine = definitions.get(name);
    if (machine === undefined) return [[[name], `there is no workflow of that name in ${definitionsFolder}/.`]];
    if (Object.keys(TestCases).length === 0) return [[[name], 'has no test case.']];
    const context = { types: typesOfStates(machine), workflow: workflowFile(definitionsFolder, name), MockedResponses };
    return Object.entries(TestCases).flatMap(([testCase, states]) =>
      faultsOfCase(states, context).map(([path, fault]): Fault => [[name, testCase, ...path], fault]),
    );
  });
  const unused = unusedResponses({ StateMachines, MockedResponses });
  refuse([...faults, ...unused].map(([path, fault]) => `${file}, ${path.join(' → ')}: ${fault}`));
}

/** Names on the way to what is wrong, and what is wrong with it. */
type Fault = readonly [path: readonly string[], fault: string];

interface CaseContext extends Pick<MockConfig, 'MockedResponses'> {
  /** Types of the machine's states by name. */
  readonly types: ReadonlyMap<string, string>;
  /** The machine's file. */
  readonly workflow: string;
}

function faultsOfCase(states: TestCase, { types, workflow, MockedResponses }: CaseContext): Fault[] {
  if (Object.keys(states).length === 0) return [[[], 'mocks no state.']];
  return Object.entries(states).flatMap(([state, response]): Fault[] => {
    const type = types.get(state);
    return [
      ...(type === undefined ? [[[state], `${workflow} has no such state.`] as const] : []),
      ...(type !== undefined && type !== 'Task'
        ? [[[state], `is a ${type} state of ${workflow}, and only a Task can be mocked.`] as const]
        : []),
      ...(response in MockedResponses ? [] : [[[state], `MockedResponses has no '${response}'.`] as const]),
    ];
  });
}

function unusedResponses({ StateMachines, MockedResponses }: MockConfig): Fault[] {
  const cases = Object.values(StateMachines).flatMap(({ TestCases }) => Object.values(TestCases));
  const asked = new Set(cases.flatMap((states) => Object.values(states)));
  const unused = Object.keys(MockedResponses).filter((response) => !asked.has(response));
  return unused.map((response) => [['MockedResponses', response], 'no test case asks for it.']);
}

function readDefinitions(folder: string): Map<string, Machine> {
  const files = readdirSync(folder).filter((file) => file.endsWith(DEFINITION_SUFFIX));
  return new Map(
    files.map((file) => [
      file.slice(0, -DEFINITION_SUFFIX.length),
      JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Machine,
    ]),
  );
}

/** Of every state, also of those inside Parallel and Map states. */
function typesOfStates({ States }: Machine): Map<string, string> {
  return new Map(
    Object.entries(States).flatMap(([name, state]) => [
      [name, state.Type] as const,
      ...[...(state.Branches ?? []), ...(state.ItemProcessor ? [state.ItemProcessor] : [])].flatMap((machine) => [
        ...typesOfStates(machine),
      ]),
    ]),
  );
}
