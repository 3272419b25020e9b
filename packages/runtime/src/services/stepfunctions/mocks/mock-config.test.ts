import { expect, test } from 'vitest';
import { parseMockConfig } from './mock-config.ts';

const returns = (value: unknown): object => ({ Return: value });
const config = (responses: object, states: object = { Ask: 'Answer' }): object => ({
  StateMachines: { machine: { TestCases: { case: states } } },
  MockedResponses: { Answer: {}, ...responses },
});

test('numbers and ranges say which invocation gets which response', () => {
  const thrown = { Throw: { Error: 'Busy', Cause: 'later' } };
  const { Ask } = parseMockConfig(
    config({ Answer: { '0': thrown, '1-3': returns([1]), '4': returns(null) } }),
  ).testCase('machine', 'case')!;
  expect(Ask).toEqual(
    new Map<number, unknown>([
      [0, thrown],
      [1, { Return: [1] }],
      [2, { Return: [1] }],
      [3, { Return: [1] }],
      [4, { Return: null }],
    ]),
  );
});

test('a machine or test case that is not there is undefined', () => {
  const { testCase } = parseMockConfig(config({}));
  expect([testCase('machine', 'other'), testCase('other', 'case')]).toEqual([undefined, undefined]);
});

test.each([
  ['no object', [], 'the file'],
  ['an unknown field', { ...config({}), MockedResponse: {} }, 'MockedResponse'],
  ['a key that is no number', config({ Answer: { first: returns(1) } }), 'Answer'],
  ['Return and Throw at once', config({ Answer: { '0': { Return: 1, Throw: { Error: 'E' } } } }), 'expected either'],
  ['neither Return nor Throw', config({ Answer: { '0': {} } }), 'MockedResponses → Answer → 0'],
  ['a range that ends before it begins', config({ Answer: { '2-1': returns(1) } }), 'ends before it begins'],
  ['an invocation with two outcomes', config({ Answer: { '0-2': returns(1), '1': returns(2) } }), 'two outcomes'],
  ['a response that is not there', config({}, { Ask: 'Anwser' }), 'case → Ask: MockedResponses has no "Anwser"'],
])('%s is refused, naming the place', (_what, json, message) => {
  expect(() => parseMockConfig(json)).toThrow(message);
});
