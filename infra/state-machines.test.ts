import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ENVIRONMENTS } from './config.ts';
import { DEFINITIONS_FOLDER, functionBehind, resourcesOf, synthesizedStack } from './testing/synthesized-stack.ts';

/** The workflows' definitions fit what the stack deploys them with. */

const dev = synthesizedStack(ENVIRONMENTS.dev);
const prod = synthesizedStack(ENVIRONMENTS.prod);

describe.each(['order-saga', 'order-cancellation', 'order-return'])('the workflow %s', (name) => {
  const fullName = { 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, `-${name}`]] };
  const machineOf = (template: typeof dev) =>
    Object.values(resourcesOf(template, 'AWS::StepFunctions::StateMachine')).find(
      ({ Properties }) => JSON.stringify(Properties.StateMachineName) === JSON.stringify(fullName),
    )!.Properties;
  const machine = machineOf(dev);
  const definition = readFileSync(`${DEFINITIONS_FOLDER}/${name}.asl.json`, 'utf8');

  test('is a STANDARD workflow whose name does not change with the template', () => {
    expect([undefined, 'STANDARD']).toContain(machine.StateMachineType);
  });

  test('finds every function that its definition names, and is given no other', () => {
    const named = new Set([...definition.matchAll(/\$\{(\w+)\}/gu)].map(([, name]) => name));
    expect(new Set(Object.keys(machine.DefinitionSubstitutions))).toEqual(named);
  });

  test('waits for each function longer than the function may run', () => {
    const tasks = taskTimeouts(JSON.parse(definition) as AslMachine).map(([name, timeoutSeconds]) => {
      const step = functionBehind(dev, machine.DefinitionSubstitutions[name]);
      return { name, timeoutSeconds, functionSeconds: step.Properties.Timeout };
    });
    expect(tasks.length).toBeGreaterThan(0);
    expect(tasks.filter(({ timeoutSeconds, functionSeconds }) => functionSeconds >= timeoutSeconds)).toEqual([]);
  });

  test('logs no data of its executions in production', () => {
    const { LoggingConfiguration } = machineOf(prod);
    expect(LoggingConfiguration).toMatchObject({ IncludeExecutionData: false, Level: 'ERROR' });
  });
});

interface AslMachine {
  readonly States: Record<string, AslState>;
}

interface AslState {
  readonly Type: string;
  readonly TimeoutSeconds?: number;
  readonly Arguments?: { readonly FunctionName?: string };
  readonly Branches?: readonly AslMachine[];
}

/** Substitution name and TimeoutSeconds of every task, in branches too. */
function taskTimeouts({ States }: AslMachine): (readonly [string, number])[] {
  return Object.values(States).flatMap(({ Type, TimeoutSeconds = 0, Arguments, Branches = [] }) => [
    ...(Type === 'Task' ? [[Arguments?.FunctionName?.slice(2, -1) ?? '', TimeoutSeconds] as const] : []),
    ...Branches.flatMap(taskTimeouts),
  ]);
}
