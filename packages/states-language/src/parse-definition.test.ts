import { expect, test } from 'vitest';
import { faultsOf, of, pass, task } from './testing/refused-definitions.ts';

const SCHEMA = 'SCHEMA_VALIDATION_FAILED';
const TARGET = 'MISSING_TRANSITION_TARGET';

test.each([
  ['retries and time limits', of(task({ Retry: [{ ErrorEquals: ['States.ALL'] }], TimeoutSeconds: 5 }))],
  ['a heartbeat below its timeout', of(task({ HeartbeatSeconds: 4, TimeoutSeconds: 5 }))],
  ['a heartbeat without a timeout', of(task({ HeartbeatSeconds: 4 }))],
  ['JSONata set once more', of({ ...pass, QueryLanguage: 'JSONata' })],
  [
    'a loop that can be left',
    of(
      { Type: 'Pass', Next: 'B' },
      { B: { Type: 'Choice', Choices: [{ Condition: true, Next: 'A' }], Default: 'C' }, C: pass },
    ),
  ],
  // Measured: github.com/floci-io/floci, pull request 2786.
  [
    'a loop inside a branch',
    of({
      Type: 'Parallel',
      End: true,
      Branches: [{ StartAt: 'B', States: { B: { Type: 'Pass', Next: 'C' }, C: { Type: 'Pass', Next: 'B' } } }],
    }),
  ],
])('%s: no faults', (_, definition) => {
  expect(faultsOf(definition)).toBe('none');
});

// What AWS takes and this interpreter does not.
test.each([
  ['JSONPath', { StartAt: 'A', States: { A: pass } }, /QueryLanguage 'JSONPath' is not supported/],
  [
    'an unsupported resource',
    of(task({ Resource: 'arn:aws:states:::ecs:runTask.sync' })),
    /UNSUPPORTED_RESOURCE: .*ecs:runTask.sync' is not supported/,
  ],
  [
    'a distributed Map',
    of({
      Type: 'Map',
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, StartAt: 'B', States: { B: pass } },
      End: true,
    }),
    /mode 'DISTRIBUTED' is not supported/,
  ],
  ['an expression without its end', of({ ...pass, Output: '{% 1' }), /must start with '{%' and end with '%}'/],
  [
    'an outer variable assigned inside',
    of(
      { Type: 'Pass', Assign: { x: 1 }, Next: 'P' },
      {
        P: { Type: 'Parallel', Branches: [{ StartAt: 'B', States: { B: { ...pass, Assign: { x: 2 } } } }], End: true },
      },
    ),
    /variable name 'x' was already defined/,
  ],
])('%s is refused with its name', (_, definition, expected) => {
  expect(faultsOf(definition)).toMatch(expected);
});

test('text that is no JSON is refused with the parser’s words', () => {
  expect(faultsOf('not a definition')).toMatch(/^INVALID_JSON_DESCRIPTION: .* at null$/);
});

test('every fault is reported at once, with its place', () => {
  expect(faultsOf(of({ Type: 'Pass', Next: 'B', Foo: 1 }, { C: pass }))).toBe(
    `${SCHEMA}: Field 'Foo' is not supported at /States/A, ${TARGET}: Missing 'Next' target: B at /States/A/Next, ${TARGET}: State "C" is not reachable. at /States/C`,
  );
});

const wrapped = (times: number, [before, inner, after]: [string, string, string]): string =>
  before.repeat(times) + inner + after.repeat(times);

test.each([
  ['a value', JSON.stringify(of({ ...pass, Output: '@' })).replace('"@"', wrapped(20_000, ['{"a":', '1', '}']))],
  [
    'groups',
    wrapped(3000, [
      '{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Parallel","End":true,"Branches":[',
      '{}',
      ']}}}',
    ]),
  ],
])('%s too deep for the stack is a finding', (_, definition) => {
  expect(faultsOf(definition)).toMatch(/TOO_DEEPLY_NESTED: The definition is too deeply nested at null$/);
});

test.each([
  ['terms', Array.from({ length: 3000 }, () => '1').join('+')],
  ['parentheses', wrapped(3000, ['(', '1', ')'])],
  ['steps', `$states.input${'.a'.repeat(50_000)}`],
])('an expression of too many %s is a finding', (_, expression) => {
  expect(faultsOf(of({ ...pass, Output: `{% ${expression} %}` }))).toMatch(
    /^INVALID_JSONATA_EXPRESSION: .* at \/States\/A\/Output$/,
  );
});
