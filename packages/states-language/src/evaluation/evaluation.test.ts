import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Json } from '../json.ts';
import { compileExpression } from '../jsonata.ts';
import { evaluationWorkers } from './evaluation-workers.ts';

afterEach(() => vi.restoreAllMocks());

const evaluate = async (text: string, input: Json = {}): Promise<Json> =>
  compileExpression(text).evaluate({ states: { input, context: {} }, variables: {}, nowMs: 0 }, 'Output/r');

const chain = (terms: number): string => Array.from({ length: terms }, () => '1').join('+');
const nested = (depth: number): string => `${'('.repeat(depth)}1${')'.repeat(depth)}`;
const doubled = (times: number): string =>
  `($p := function($s, $n) { $n = 0 ? $s : $p($s & $s, $n - 1) }; $length($p("x", ${times})))`;

const MEMORY = ': Expression evaluation memory limit exceeded: Check for excessive memory usage';
const STACK =
  ': Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive. Depth=101 max=100';
/** An expression has a second of real time, which a busy machine may give to others. */
const BUSY_MACHINE_TRIES = 3;
const TIMEOUT = ': Expression evaluation timeout: Check for infinite loop';

// Measured on AWS with TestState: github.com/floci-io/floci, issue 2737 and pull request 2783.
describe('the bounds of AWS', () => {
  const inShort = <Rest extends readonly unknown[]>(rows: readonly (readonly [text: string, ...rest: Rest])[]) =>
    rows.map(([text, ...rest]): [inShort: string, text: string, ...rest: Rest] => [text.slice(0, 60), text, ...rest]);

  test.each(
    inShort<[Json]>([
      [chain(100), 100],
      [nested(99), 1],
      ['($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(31))', 31],
      ['[1..873782] ~> $count()', 873_782],
      [doubled(22), 2 ** 22],
      ['$count($range(1, 360145, 1))', 360_145],
    ]),
  )('%s evaluates', { retry: BUSY_MACHINE_TRIES }, async (_inShort, text, expected) => {
    expect(await evaluate(text)).toBe(expected);
  });

  test.each(
    inShort<[string]>([
      [chain(101), STACK],
      [chain(400), STACK],
      [nested(100), STACK],
      ['($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(32))', STACK],
      ['[1..873783] ~> $count()', MEMORY],
      ['$sum([1..900000])', MEMORY],
      [doubled(23), MEMORY],
      ['$count($range(1, 360146, 1))', MEMORY],
      ['$eval("1+1")', '. T1006: Attempted to invoke a non-function'],
      ['($f := function($x) { $f($x + 1) }; $f(1))', TIMEOUT],
    ]),
  )('%s is a QueryEvaluationError', { retry: BUSY_MACHINE_TRIES }, async (_inShort, text, tail) => {
    await expect(evaluate(text)).rejects.toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: `The JSONata expression '${text}' specified for the field 'Output/r' threw an error during evaluation${tail}`,
    });
  });
});

describe('no expression keeps another one waiting', () => {
  const many = {
    list: Array.from({ length: 30_000 }, (_, index) => index),
    records: Array.from({ length: 10_000 }, (_, id) => ({ kind: 'line', id })),
    words: 'a'.repeat(40),
  };

  test.each([
    ['a regular expression that backtracks', '$match($states.input.words & "!", /^(a+)+$/)'],
    ['a replacement that backtracks', '$replace($states.input.words & "!", /^(a|aa)+$/, "")'],
    ['a split by a pattern that backtracks', '$split($states.input.words & "!", /(a*)*b/)'],
    ['a text padded to 300 million characters', '$length($pad("x", 300000000))'],
    ['a negative padding', '$pad("x", -300000000)'],
    ['a text joined from large ones', '$join([1..1000].$pad("x", 1000000))'],
    ['a comparison of each with each', '$distinct($states.input.records)'],
    ['filters in filters', '$states.input.list[$states.input.list[$states.input.list[$ = -1] = $] = $]'],
    ['an endless tail recursion', '($f := function($n) { $f($n) }; $f(0))'],
    ['a value that doubles 40 times', `$reduce([1..40], function($a) { {"l": $a, "r": $a} }, 1)`],
    ['the text of a value that doubles', `$string($reduce([1..40], function($a) { [$a, [$a]] }, 1))`],
    [
      'equal values that double',
      `($f := function() { $reduce([1..40], function($a) { {"l": $a, "r": $a} }, 1) }; $f() = $f())`,
    ],
    ['a value 100,000 levels deep', `$reduce([1..100000], function($a) { [$a] }, 1)`],
    ['steps that double', `$states.input${'.{"l": $, "r": $}'.repeat(30)}`],
    ['steps that double a text', `$length($states.input.words${'.($ & $)'.repeat(30)})`],
    ['texts in texts in texts', `$length(${'$string(['.repeat(40)}$states.input.words${'])'.repeat(40)})`],
  ])('%s', async (_, text) => {
    const elsewhere = vi.spyOn(evaluationWorkers, 'evaluate');
    await expect(evaluate(text, many)).rejects.toMatchObject({ error: 'States.QueryEvaluationError' });
    expect(elsewhere).toHaveBeenCalledWith(text, expect.anything());
  });

  test('what others wait for has its own second', async () => {
    const endless = Array.from({ length: 6 }, async () => evaluate('($f := function($n) { $f($n) }; $f(0))'));
    const patient = evaluate('$match("ab", /b/).match');
    const ended = await Promise.allSettled([...endless, patient]);
    expect(ended.slice(0, -1).map(({ status }) => status)).toEqual(endless.map(() => 'rejected'));
    expect(ended.at(-1)).toEqual({ status: 'fulfilled', value: 'b' });
  });
});

test.each<[string, Json, Json]>([
  ['$match($states.input.s, /a(b+)/).groups', { s: 'abb' }, ['bb']],
  ['$contains("abc", /^(?=a).*c$/)', {}, true],
  ['$replace("a-b-c", "-", "+")', {}, 'a+b+c'],
  ['$pad("ab", 4) & $pad("ab", -4, "#")', {}, 'ab  ##ab'],
  ['($x := $states.input.list; $reduce($x, function($a, $b) { $a + $b }))', { list: [1, 2, 3] }, 6],
  ['$now()', {}, '1970-01-01T00:00:00.000Z'],
  ['($t := 1; $millis())', {}, 0],
  ['$states.input ~> |$|{"b": 2}|', { a: 1 }, { a: 1, b: 2 }],
])('%s gives the same in a thread of its own', async (text, input, expected) => {
  expect(await evaluate(text, input)).toEqual(expected);
});
