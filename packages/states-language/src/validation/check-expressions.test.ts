import { describe, expect, test } from 'vitest';
import { InvalidDefinition, parseDefinition } from '../parse-definition.ts';
import { checkExpressions, NO_STATES_FIELDS, type Available } from './check-expressions.ts';

const messages = (expression: string, available: Available = NO_STATES_FIELDS): string[] =>
  checkExpressions(`{% ${expression} %}`, '/x', available).map(({ code, message }) => `${code}: ${message}`);
const topLevel = (name: string): string =>
  `UNSUPPORTED_JSONATA_EXPRESSION: Reference to '${name}' at the top level is not supported.`;

// Measured with ValidateStateMachineDefinition: github.com/floci-io/floci, issues 2670 and 2745, pull requests 2699 and
// 2786, each as the Output of a Pass state.
describe('names that are read from the input document', () => {
  test.each([
    'phone',
    'phone[0].number',
    'phone.number.street',
    '-phone',
    'phone ? 1 : 2',
    '$states.input.a ? phone : 2',
    "phone & 'x'",
    'phone in $states.input.b',
    '$sum(phone)',
    'phone(1)',
    'phone ~> $string()',
    '[1..phone]',
    '(phone)',
    '(phone).other',
    '[phone].other',
    '[phone, 1]',
    '{phone: 1}',
    '($x := phone; $x)',
    '$map($states.input.a, function($y){ phone })',
    '$count(phone[inner])',
    'phone.**.deeper',
  ])('%s is refused by its name', (expression) => {
    expect(messages(expression)).toEqual([topLevel('phone')]);
  });

  test.each(['$', '$.phone', '$[0]', '$string($)', '$map($states.input.a, function($x){ $ })'])(
    "%s is refused as '$'",
    (expression) => {
      expect(messages(expression)).toEqual([topLevel('$')]);
    },
  );

  test.each(['$$', '$$.phone', '$states.input.a[$$.b]'])('%s is refused', (expression) => {
    expect(messages(expression)).toEqual(["UNSUPPORTED_JSONATA_EXPRESSION: Reference to '$$' is not supported."]);
  });

  test.each([
    ['aaa + bbb', ['aaa', 'bbb']],
    ['[bbb, aaa]', ['bbb', 'aaa']],
    ['aaa + aaa', ['aaa']],
    ['(aaa; bbb)', ['aaa', 'bbb']],
  ])('%s is refused by each name once', (expression, names) => {
    expect(messages(expression)).toEqual(names.map(topLevel));
  });

  test.each([
    '$states.input.phone',
    '$states.input.a[0].phone[0]',
    '$states.input.items[phone > 3]',
    '$states.input.a^(phone)',
    "$states.input.a{'k': phone}",
    '$states.input.a.(phone)',
    '$states.input.a.$phone',
    '$phone',
    '$states.input.a ~> $string()',
    "$states.input ~> |phone|{'b': 1}|",
    '**.phone',
    "{'k': 1}.phone",
    '$states.input.a[0][phone]',
    '$states.input.a[$ > 1]',
    'function($x){ $x.phone }',
    '$map($states.input.a, function($x){ $x.phone })',
    "'phone'",
    '1 + 1',
    '$now()',
    '$states.error',
    '$states.input.errorOutput',
    '$states',
  ])('%s is taken', (expression) => {
    expect(messages(expression)).toEqual([]);
  });

  test.each([
    ['a[1,2)', 'Expected "]", got ","'],
    ['"unterminated', 'String literal must be terminated by a matching quote'],
    ['1 +', 'Unexpected end of expression'],
    ['{"a":}', 'The symbol "}" cannot be used as a unary operator'],
    ['$x :=', 'Unexpected end of expression'],
    ['$match("a", /abc', 'No terminating / in regular expression'],
    ['phone %.other', 'The symbol "." cannot be used as a unary operator'],
    ['', 'Unexpected end of expression'],
  ])('%j does not parse', (expression, message) => {
    expect(messages(expression)).toEqual([`INVALID_JSONATA_EXPRESSION: ${message}`]);
  });
});

// Where $states.errorOutput is there was measured (floci, pull request 2786); $states.result follows the guide
// ("Transforming data with JSONata", reserved variables), its wording that of $states.errorOutput: not proven.
describe('$states.result and $states.errorOutput', () => {
  const read = (field: string): string => `{% $states.${field} %}`;
  const pass = { Type: 'Pass', End: true };
  const lambda = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Next: 'Z' };
  const group = { StartAt: 'B', States: { B: pass } };
  const faultsOf = (state: object): string => {
    try {
      const definition = { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Next: 'Z', ...state }, Z: pass } };
      parseDefinition(JSON.stringify(definition), { supportsResource: () => true });
      return 'none';
    } catch (error) {
      if (error instanceof InvalidDefinition) return error.message;
      throw error;
    }
  };
  const missing = (field: string, location: string): string =>
    `UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.${field}' does not exist. at /States/A/${location}`;

  test.each<[string, object]>([
    ['result in Output of a Task', { ...lambda, Output: read('result') }],
    ['result in Assign of a Task', { ...lambda, Assign: { x: [read('result.Payload')] } }],
    ['result in Output of a Parallel', { Type: 'Parallel', Branches: [group], Output: read('result') }],
    ['result in Output of a Map', { Type: 'Map', ItemProcessor: group, Assign: { x: read('result') } }],
    [
      'errorOutput in Output of a catcher',
      { ...lambda, Catch: [{ ErrorEquals: ['E'], Output: read('errorOutput'), Next: 'Z' }] },
    ],
    [
      'errorOutput in Assign of a catcher',
      { ...lambda, Catch: [{ ErrorEquals: ['E'], Assign: { e: read('errorOutput.Cause') }, Next: 'Z' }] },
    ],
  ])('%s is taken', (_, state) => {
    expect(faultsOf(state)).toBe('none');
  });

  test.each<[string, string, object]>([
    ['result', 'Arguments/x', { ...lambda, Arguments: { x: read('result') } }],
    ['result', 'TimeoutSeconds', { ...lambda, TimeoutSeconds: read('result') }],
    ['result', 'Output', { Type: 'Pass', Output: read('result') }],
    ['result', 'Assign/x[0]', { Type: 'Pass', Assign: { x: [read('result')] } }],
    ['result', 'Catch[0]/Output', { ...lambda, Catch: [{ ErrorEquals: ['E'], Output: read('result'), Next: 'Z' }] }],
    [
      'result',
      'Choices[0]/Condition',
      { Type: 'Choice', Next: undefined, Choices: [{ Condition: read('result'), Next: 'Z' }] },
    ],
    ['result', 'Seconds', { Type: 'Wait', Seconds: read('result') }],
    ['result', 'Items', { Type: 'Map', Items: read('result'), ItemProcessor: group }],
    ['result', 'ItemSelector/x', { Type: 'Map', ItemSelector: { x: read('result') }, ItemProcessor: group }],
    ['errorOutput', 'Output', { Type: 'Pass', Output: read('errorOutput') }],
    ['errorOutput', 'Output', { ...lambda, Output: read('errorOutput') }],
    ['errorOutput', 'Arguments/x', { ...lambda, Arguments: { x: read('errorOutput') } }],
  ])('%s is refused in %s', (field, location, state) => {
    expect(faultsOf(state)).toBe(missing(field, location));
  });
});
