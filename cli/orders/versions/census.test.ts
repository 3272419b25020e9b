import { expect, test } from 'vitest';
import { judge, type Census, type FunctionVersion, type MachineVersion } from './census.ts';

const SAGA = 'arn:aws:states:eu-central-1:111111111111:stateMachine:shop-order-saga';
const CREATE = 'arn:aws:lambda:eu-central-1:111111111111:function:create-order';

/** Version `number` of the saga calls version `number` of its function. */
const machine = (number: number, uses: Partial<MachineVersion> = {}): MachineVersion => ({
  arn: `${SAGA}:${number}`,
  number,
  createdAt: new Date(0),
  weight: 0,
  running: 0,
  redrivable: 0,
  calls: [`${CREATE}:${number}`],
  ...uses,
});
const step = (number: number, ...aliases: string[]): FunctionVersion => ({
  arn: `${CREATE}:${number}`,
  functionName: 'create-order',
  number,
  aliases,
});
const census = (versions: MachineVersion[], rest: Partial<Census> = {}): Census => ({
  machines: [{ name: 'order-saga', versions }],
  functions: versions.map(({ number }) => step(number, ...(number === versions.length ? ['live'] : []))),
  calledWithoutVersion: [],
  ...rest,
});

/** Numbers of the versions of workflow and function that may be removed. */
function removable(given: Census, keep = 0): [number[], number[]] {
  const { machines, functions } = judge(given, keep);
  const numbers = (judged: readonly { version: { number: number }; stays: unknown }[]) =>
    judged.filter(({ stays }) => stays === undefined).map(({ version }) => version.number);
  return [numbers(machines.flatMap(({ versions }) => versions)).toSorted(), numbers(functions).toSorted()];
}

test('a version goes when nothing runs on it, and with it what only it calls', () => {
  expect(removable(census([machine(1), machine(2), machine(3, { weight: 100 })]))).toEqual([
    [1, 2],
    [1, 2],
  ]);
});

test.each<[string, Partial<MachineVersion>]>([
  ['an execution runs on it', { running: 1 }],
  ['a broken execution can be redriven', { redrivable: 1 }],
  ['it gets a part of the new executions', { weight: 10 }],
])('a version and what it calls stay while %s', (_, uses) => {
  expect(removable(census([machine(1, uses), machine(2), machine(3, { weight: 90 })]))).toEqual([[2], [2]]);
});

test('as many versions before the live one stay as somebody may want to go back to', () => {
  const versions = [machine(1), machine(2), machine(3), machine(4, { weight: 100 })];
  expect(removable(census(versions), 1)).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect(removable(census(versions), 2)).toEqual([[1], [1]]);
});

test('after a deployment was rolled back its version stays while it is the newest', () => {
  const functions = [step(1, 'live'), step(2)];
  expect(removable(census([machine(1, { weight: 100 }), machine(2)], { functions }))).toEqual([[], []]);
});

test('what an execution calls that was started by the workflow itself stays', () => {
  const given = census([machine(1), machine(2), machine(3, { weight: 100 })], {
    calledWithoutVersion: [`${CREATE}:1`],
  });
  expect(removable(given)).toEqual([[1, 2], [2]]);
});

test('a function that no workflow calls keeps what its alias leads to, in a shift both', () => {
  const functions = [step(1), step(2, 'live'), step(3, 'live'), step(4)];
  expect(removable({ machines: [], functions, calledWithoutVersion: [] })).toEqual([[], [1]]);
});
