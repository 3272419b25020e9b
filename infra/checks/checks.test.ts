import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findEntries } from '../../scripts/function-entries.ts';
import { aFunction, testPlatform, testStack } from '../testing/synthesized-stack.ts';
import { checkDeployedParts } from './deployed-parts.ts';
import { checkMachineSteps } from './machine-steps.ts';
import { checkMockCases } from './mock-cases.ts';
import { ProjectFault } from './project-fault.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'checks-'));
  cpSync('workflows', folder, { recursive: true, filter: (file) => !file.endsWith('.ts') || file === 'workflows' });
});

afterEach(() => rmSync(folder, { recursive: true }));

/** With the one function serve-tea. */
function teaStack(): Stack {
  const stack = new Stack();
  aFunction(stack, testPlatform());
  return stack;
}

function emptyFolder(): string {
  const empty = path.join(folder, 'empty');
  mkdirSync(empty);
  return empty;
}

function faultsOf(check: () => void): readonly string[] {
  try {
    check();
  } catch (error) {
    if (error instanceof ProjectFault) return error.faults;
    throw error;
  }
  return [];
}

describe('steps of a machine:', () => {
  const SAGA = [
    'CancelOrder',
    'ChargePayment',
    'ConfirmOrder',
    'CreateOrder',
    'ParkOrder',
    'RefundPayment',
    'ReleaseInventory',
    'ReserveInventory',
    'StopOrder',
  ];

  test.each<[string, { name?: string; steps: string[] }, RegExp[]]>([
    ['what matches is no fault', { steps: SAGA }, []],
    [
      'a function that the definition invokes and nothing maps is named, with both files',
      { steps: SAGA.filter((step) => step !== 'ParkOrder') },
      [
        /order-saga.* invokes \$\{ParkOrder\}, which is not mapped: .*'order-saga' in infra\/constructs\/ordering\.ts\.$/,
      ],
    ],
    ['every one of several is named', { steps: SAGA.slice(2) }, [/\$\{ChargePayment\}/, /\$\{CancelOrder\}/]],
    [
      'a function that is mapped and that no state invokes is named',
      { steps: [...SAGA, 'WrapGift'] },
      [/^infra\/constructs\/ordering\.ts maps WrapGift for 'order-saga', .*order-saga/],
    ],
    [
      'a workflow without a definition is named',
      { name: 'order-exchange', steps: [] },
      [/deploys the workflow 'order-exchange', but there is no .*order-exchange\.asl\.json/],
    ],
  ])('%s', (_title, { name = 'order-saga', steps }, expected) => {
    const faults = faultsOf(() => checkMachineSteps({ definitionsFolder: folder, name, steps }));
    expect(faults).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });

  test('the stack itself is refused, whoever synthesizes it', () => {
    const file = path.join(folder, 'order-saga.asl.json');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('${StopOrder}', '${HaltOrder}'));
    const faults = faultsOf(() => testStack(undefined, { definitionsFolder: folder }));
    expect(faults).toEqual([expect.stringContaining('${HaltOrder}'), expect.stringContaining('${StopOrder}')]);
  });
});

describe('mock cases:', () => {
  type Config = { StateMachines: Record<string, { TestCases: Record<string, Record<string, string>> }> } & {
    MockedResponses: Record<string, object>;
  };
  const file = (): string => path.join(folder, 'MockConfigFile.json');

  test.each<[string, (config: Config) => void, string[]]>([
    ['those of the project lead somewhere', () => undefined, []],
    [
      'a state that the machine does not have',
      ({ StateMachines }) => {
        StateMachines['order-saga']!.TestCases['Confirmed']!['Reserve stock'] = 'Done';
      },
      ['order-saga → Confirmed → Reserve stock: FOLDER/order-saga.asl.json has no such state.'],
    ],
    [
      'a state that is no task',
      ({ StateMachines }) => {
        StateMachines['order-cancellation']!.TestCases['Cancelled']!['Compensate'] = 'Done';
      },
      [
        'order-cancellation → Cancelled → Compensate: is a Parallel state of FOLDER/order-cancellation.asl.json, and only a Task can be mocked.',
      ],
    ],
    [
      'a case without a state',
      ({ StateMachines }) => {
        StateMachines['order-saga']!.TestCases['Empty'] = {};
      },
      ['order-saga → Empty: mocks no state.'],
    ],
    [
      'a machine that is no workflow',
      ({ StateMachines }) => {
        StateMachines['order-exchange'] = { TestCases: { Done: { 'Take back': 'Done' } } };
      },
      ['order-exchange: there is no workflow of that name in FOLDER/.'],
    ],
    [
      'a response that nobody wrote',
      ({ StateMachines }) => {
        StateMachines['order-saga']!.TestCases['Confirmed']!['Create order'] = 'Dome';
      },
      ["order-saga → Confirmed → Create order: MockedResponses has no 'Dome'."],
    ],
    [
      'a response that no case asks for',
      ({ MockedResponses }) => {
        MockedResponses['Forgotten'] = { '0': { Return: {} } };
      },
      ['MockedResponses → Forgotten: no test case asks for it.'],
    ],
  ])('%s', (_title, change, expected) => {
    expect(faultsAfter(change)).toEqual(expected.map(inFile));
  });

  test('a machine without a case', () => {
    const faults = faultsAfter(({ StateMachines }) => {
      StateMachines['order-saga'] = { TestCases: {} };
    });
    expect(faults).toContain(inFile('order-saga: has no test case.'));
  });

  function faultsAfter(change: (config: Config) => void): readonly string[] {
    const config = JSON.parse(readFileSync(file(), 'utf8')) as Config;
    change(config);
    writeFileSync(file(), JSON.stringify(config));
    return faultsOf(() => checkMockCases(folder));
  }

  function inFile(fault: string): string {
    return `${file()}, ${fault.replaceAll('FOLDER', folder)}`;
  }
});

describe('what is written is deployed, and the other way round:', () => {
  test('the project as it is', async () => {
    const parts = { functions: await findEntries('functions'), definitionsFolder: 'workflows' };
    expect(faultsOf(() => checkDeployedParts(testStack(), parts))).toEqual([]);
  });

  test('a function without a construct', () => {
    const stack = teaStack();
    const functions = new Map([
      ['serve-tea', 'functions/tea/serve-tea.ts'],
      ['pour-tea', 'functions/tea/pour-tea.ts'],
    ]);
    expect(faultsOf(() => checkDeployedParts(stack, { functions, definitionsFolder: emptyFolder() }))).toEqual([
      "functions/tea/pour-tea.ts exports a handler that no construct deploys: add a ShopFunction with the entry 'pour-tea' to infra/constructs/.",
    ]);
  });

  test('a construct without a function', () => {
    const parts = { functions: new Map<string, string>(), definitionsFolder: emptyFolder() };
    expect(faultsOf(() => checkDeployedParts(teaStack(), parts))).toEqual([
      "infra/constructs deploys 'serve-tea', but no functions/<service>/serve-tea.ts exports a handler: write it, or take the construct out.",
    ]);
  });

  test('a workflow without a machine', () => {
    const definitionsFolder = emptyFolder();
    writeFileSync(path.join(definitionsFolder, 'order-exchange.asl.json'), '{}');
    const parts = { functions: new Map([['serve-tea', 'functions/tea/serve-tea.ts']]), definitionsFolder };
    expect(faultsOf(() => checkDeployedParts(teaStack(), parts))).toEqual([
      `${definitionsFolder}/order-exchange.asl.json is deployed by no construct: add an OrderMachine to infra/constructs/.`,
    ]);
  });
});
