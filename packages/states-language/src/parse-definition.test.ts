import { expect, test } from 'vitest';
import { InvalidDefinition, parseDefinition } from './parse-definition.ts';

const pass = { Type: 'Pass', End: true };
const resource = 'arn:aws:states:::lambda:invoke';
const supportsResource = ({ arn }: { arn: string }): boolean => arn === resource;
const task = (rest: object): object => ({ Type: 'Task', Resource: resource, End: true, ...rest });
const of = (state: object, more: object = {}): object => ({
  QueryLanguage: 'JSONata',
  StartAt: 'A',
  States: { A: state, ...more },
});

function faultsOf(definition: unknown): string {
  try {
    parseDefinition(typeof definition === 'string' ? definition : JSON.stringify(definition), { supportsResource });
    return 'none';
  } catch (error) {
    if (error instanceof InvalidDefinition) return error.message;
    throw error;
  }
}

test('a sound definition has no faults', () => {
  expect(faultsOf(of(task({ Retry: [{ ErrorEquals: ['States.ALL'] }], TimeoutSeconds: 5 })))).toBe('none');
});

test.each([
  ['no JSON', '{', /INVALID_JSON_DESCRIPTION/],
  ['a list', [], /must be a JSON object/],
  ['no StartAt', { QueryLanguage: 'JSONata', States: { A: pass } }, /StartAt is required/],
  ['StartAt that is not there', { ...of(pass), StartAt: 'B' }, /MISSING_TRANSITION_TARGET.*'B'/],
  ['Next that is not there', of({ Type: 'Pass', Next: 'B' }), /The state 'B' is not there/],
  ['Next and End', of({ Type: 'Pass', Next: 'A', End: true }), /either Next or "End"/],
  ['a state that cannot be reached', of(pass, { B: pass }), /State "B" is not reachable/],
  ['an unknown state type', of({ Type: 'Leap', End: true }), /'Leap' of 'A' is not supported/],
  ['JSONPath', { StartAt: 'A', States: { A: pass } }, /QueryLanguage 'JSONPath' is not supported/],
  ['a JSONPath field', of({ ...pass, ResultPath: '$.x' }), /does not support the field 'ResultPath'/],
  [
    'an unsupported resource',
    of(task({ Resource: 'arn:aws:states:::ecs:runTask.sync' })),
    /ecs:runTask.sync' is not supported/,
  ],
  ['an expression that does not parse', of({ ...pass, Output: '{% 1 + %}' }), /INVALID_JSONATA_EXPRESSION.*Output/],
  ['an expression without its end', of({ ...pass, Output: '{% 1' }), /must start with '{%' and end with '%}'/],
  ['States.ALL not alone', of(task({ Retry: [{ ErrorEquals: ['States.ALL', 'E'] }] })), /STATES_ALL_POSITION/],
  [
    'States.ALL not last',
    of(task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['E'] }] })),
    /STATES_ALL_POSITION/,
  ],
  ['a variable named states', of({ ...pass, Assign: { states: 1 } }), /'states' is reserved/],
  ['an illegal variable name', of({ ...pass, Assign: { 'a-b': 1 } }), /'a-b' is no legal variable name/],
  [
    'Iterator in place of ItemProcessor',
    of({ Type: 'Map', Iterator: { StartAt: 'B', States: { B: pass } }, End: true }),
    /needs an ItemProcessor.*'Iterator'/,
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
  [
    'the same name in two groups',
    of({ Type: 'Parallel', Branches: [{ StartAt: 'A', States: { A: pass } }], End: true }),
    /DUPLICATE_STATE_NAMES/,
  ],
  [
    'an outer variable assigned inside',
    of(
      { Type: 'Pass', Assign: { x: 1 }, Next: 'P' },
      {
        P: { Type: 'Parallel', Branches: [{ StartAt: 'B', States: { B: { ...pass, Assign: { x: 2 } } } }], End: true },
      },
    ),
    /VARIABLE_SCOPE.*'x'/,
  ],
  [
    'a Wait with two durations',
    of({ Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z', End: true }),
    /exactly one of Seconds and Timestamp/,
  ],
  ['a negative timeout', of(task({ TimeoutSeconds: -1 })), /TimeoutSeconds must be a positive integer/],
  ['a Choice without rules', of({ Type: 'Choice', Choices: [], Default: 'B' }, { B: pass }), /at least one choice/],
])('%s is refused with its name', (_, definition, expected) => {
  expect(faultsOf(definition)).toMatch(expected);
});

test('every fault is reported at once, with its place', () => {
  expect(faultsOf(of({ Type: 'Pass', Next: 'B', Foo: 1 }))).toMatch(/'Foo' at \/States\/A\/Foo; .* at \/States\/A$/);
});
