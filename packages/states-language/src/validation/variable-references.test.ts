import { expect, test } from 'vitest';
import { variableReferences } from './variable-references.ts';

const pass = { Type: 'Pass', End: true };
const referencesOf = (states: object): Record<string, string[]> =>
  variableReferences(JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'A', States: states }));

test.each<[string, object, Record<string, string[]>]>([
  ['nothing', { A: pass }, {}],
  ['names in order, once', { A: { ...pass, Output: { b: '{% $b + $a %}', c: ['{% $b %}'] } } }, { A: ['a', 'b'] }],
  ['$states and functions', { A: { ...pass, Output: '{% $sum($map($states.input.a, $number)) %}' } }, {}],
  [
    'what an expression binds itself',
    { A: { ...pass, Output: '{% ($x := 1; $f := function($y) { $x + $y + $z }; $f(2)) %}' } },
    { A: ['z'] },
  ],
  ['positions and joins', { A: { ...pass, Output: '{% $list#$i[$i = $n].a@$x.{"k": $x} %}' } }, { A: ['list', 'n'] }],
  [
    'catchers, choices and states inside states',
    {
      A: {
        Type: 'Parallel',
        Arguments: '{% $p %}',
        Branches: [{ StartAt: 'B', States: { B: { ...pass, Assign: { q: '{% $b %}' } } } }],
        Catch: [{ ErrorEquals: ['E'], Assign: { r: '{% $c %}' }, Next: 'C' }],
        Next: 'C',
      },
      C: { Type: 'Choice', Choices: [{ Condition: '{% $guess = $answer %}', Next: 'D' }], Default: 'D' },
      D: {
        Type: 'Map',
        Items: '{% $items %}',
        ItemProcessor: { StartAt: 'E', States: { E: { ...pass, Output: '{% $e %}' } } },
        End: true,
      },
    },
    { A: ['c', 'p'], B: ['b'], C: ['answer', 'guess'], D: ['items'], E: ['e'] },
  ],
])('%s', (_, states, expected) => {
  expect(referencesOf(states)).toEqual(expected);
});
