import { describe, expect, test } from 'vitest';
import { QueryEvaluationFailure } from './errors.ts';
import type { Json } from './json.ts';
import { compileExpression, type Scope } from './jsonata.ts';
import { runMachine, single } from './testing/run-machine.ts';
import { compileTemplate, TemplateError } from './template.ts';

function scopeOf(input: Json, variables: Record<string, Json> = {}): Scope {
  return { states: { input, context: {} }, variables, nowMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678) };
}

const evaluate = async (text: string, input: Json = {}, variables?: Record<string, Json>): Promise<Json> =>
  compileExpression(text).evaluate(scopeOf(input, variables), 'Output');

describe('functions that Step Functions adds', () => {
  test.each([
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$partition([1,2,3,4], 4)', [[1, 2, 3, 4]]],
    ['$partition([1,2,3])', [[1, 2, 3]]],
    ['$partition([1,2,3,4,5], 2.9)', [[1, 2], [3, 4], [5]]],
    ['$range(1, 9, 2)', [1, 3, 5, 7, 9]],
    ['$range(0, 10, 3)', [0, 3, 6, 9]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$range(-1.7, 2, 1)', [-1, 0, 1, 2]],
    ['$range(3, 3, 1)', 3],
    ["$hash('input', 'MD5')", 'a43c1b0aa53a0c908810c06ab1ff3967'],
    ["$hash('input', 'SHA-1')", '140f86aae51ab9e1cda9b4254fe98a74eb54c1a1'],
    ["$hash('input', 'SHA-256')", 'c96c6d5be8d08a12e7b5cdc1b207fa6b2430974c86803d8891675e76fd992c20'],
    ["$length($hash('input', 'SHA-384'))", 96],
    ["$length($hash('input', 'SHA-512'))", 128],
    ['$parse(\'{"a":[1,null]}\').a', [1, null]],
    ['$random(42)', 0.7275636800328681],
    ['$random() >= 0 and $random() < 1', true],
    ['$uuid() = $uuid()', false],
    ['$contains($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)', true],
    ['$now()', '2026-01-02T03:04:05.678Z'],
    ["$now('[Y]-[M01]')", '2026-01'],
    ['$millis()', Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
  ])('%s', async (text, expected) => {
    expect(await evaluate(text)).toEqual(expected);
  });

  test.each([
    "$eval('1')",
    "$hash('a', 'CRC')",
    '$partition([1], 0)',
    '$partition(1, 1)',
    '$range(1, 2, 0)',
    '$range(1, 2)',
    '$range(1, 0, 1)',
    '$partition([], 2)',
    '$partition([1], -1)',
    "$hash('a')",
    "$parse('{')",
    '$parse(1)',
  ])('%s is a query evaluation error', async (text) => {
    await expect(evaluate(text)).rejects.toBeInstanceOf(QueryEvaluationFailure);
  });
});

describe('what an expression gives', () => {
  test.each(['$states.input.nothing', '$nothing', '$states.input.a.b.c', '$states.input.list[9]'])(
    '%s is undefined, and so an error',
    async (text) => {
      await expect(evaluate(text, { a: {}, list: [] })).rejects.toThrow(/returned nothing \(undefined\)/);
    },
  );

  test.each(['function($x) { $x }', '$sum', '[$sum]', '1/0'])('%s cannot be JSON, and so is an error', async (text) => {
    await expect(evaluate(text)).rejects.toBeInstanceOf(QueryEvaluationFailure);
  });

  test('a filter that leaves one element gives the element; brackets keep the list', async () => {
    const input = { lines: [{ sku: 'a' }, { sku: 'b' }] };
    expect(await evaluate("$states.input.lines[sku='a']", input)).toEqual({ sku: 'a' });
    expect(await evaluate("[$states.input.lines[sku='a']]", input)).toEqual([{ sku: 'a' }]);
  });

  test('a list made by an expression keeps its length when a later expression reads it', async () => {
    const made = await evaluate('$states.input.lines[].sku', { lines: [{ sku: 'a' }] });
    expect(await evaluate('$made', {}, { made })).toEqual(made);
    expect(Object.keys(made as object)).toEqual(['0']);
  });

  test.each([
    '$states.input',
    '$states.input.a',
    '$states.input.a.b',
    '$list',
    '$states.input.list.n',
    '$nil',
    '$states.input.empty',
    '$states.input.one',
  ])('the plain path %s gives what JSONata gives', async (path) => {
    const input = { a: { b: [1] }, list: [{ n: 1 }, { n: [2, 3] }], empty: [], one: [[1]] };
    const variables = { list: [1], nil: null };
    const byJsonata = await evaluate(`(${path})`, input, variables);
    expect(await evaluate(path, input, variables)).toEqual(byJsonata);
  });

  test('inherited properties are not data', async () => {
    await expect(evaluate('$states.input.constructor')).rejects.toBeInstanceOf(QueryEvaluationFailure);
    await expect(evaluate('$states.input.toString')).rejects.toBeInstanceOf(QueryEvaluationFailure);
  });
});

describe('bounds', () => {
  test.each([
    '($f := function($n) { 1 + $f($n) }; $f(0))',
    '($f := function($n) { $f($n + 1) }; $f(0))',
    '[1..10000000]',
  ])('%s ends as a query evaluation error', async (text) => {
    await expect(evaluate(text)).rejects.toBeInstanceOf(QueryEvaluationFailure);
  });
});

describe('templates', () => {
  test('evaluate expressions at any depth and leave other strings alone', async () => {
    const template = compileTemplate(
      { a: ['{% $states.input.n + 1 %}', { b: '{%$states.input.n%}' }], c: 'text {% no %} text', d: null },
      'Output',
    );
    expect(await template.evaluate(scopeOf({ n: 1 }))).toEqual({ a: [2, { b: 1 }], c: 'text {% no %} text', d: null });
  });

  test.each(['{% 1 ', ' 1 %}', '{% 1 + %}', '{%%}'])('%j is no legal JSONata string', (text) => {
    expect(() => compileTemplate(text, 'Output')).toThrow(TemplateError);
  });

  test('the place of an expression that fails is named', async () => {
    const run = await runMachine(single({ Type: 'Pass', Output: { a: { b: '{% $states.input.no %}' } } }));
    expect(run.end).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause:
        "An error occurred while executing the state 'Only' (entered at the event id #2). The JSONata expression '$states.input.no' specified for the field 'Output/a/b' returned nothing (undefined).",
    });
    expect(run.history.find(({ type }) => type === 'EvaluationFailed')?.details).toMatchObject({
      state: 'Only',
      location: 'Output/a/b',
    });
  });
});
