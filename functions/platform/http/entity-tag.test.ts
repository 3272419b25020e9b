import { expect, test } from 'vitest';
import { entityTagOf, IfMatch, IfNoneMatch, isExpected } from './entity-tag.ts';

test.each([
  ['one tag', '"3"', [3]],
  ['the first version of all', '"0"', [0]],
  ['several tags', '"3", "4"', [3, 4]],
  ['two copies of the header, as API Gateway joins them', '"3","4"', [3, 4]],
  ['an empty element of the list', '"3",,"4",', [3, 4]],
  ['any version', '*', 'any'],
  ['blanks around it', ' "3" ', [3]],
  ['a weak tag, which never matches strongly', 'W/"3"', []],
  ['a weak tag beside a strong one', 'W/"3", "4"', [4]],
  ['a tag of somebody else', '"abc"', []],
  ['a comma inside a tag', '"3,4"', []],
  ['another spelling of a number', '"03"', []],
  ['an empty tag', '""', []],
])('If-Match with %s: %s', (_what, text, expected) => {
  expect(IfMatch.parse(text)).toEqual(expected);
});

test.each([
  ['no quotes', '3'],
  ['half the quotes', '"3'],
  ['nothing', ''],
  ['commas only', ',,'],
  ['* in a list', '*, "3"'],
  ['blanks for a comma', '"3" "4"'],
  ['a small w', 'w/"3"'],
  ['a blank inside a tag', '"3 "'],
])('a condition with %s is refused', (_what, text) => {
  expect([IfMatch.safeParse(text).success, IfNoneMatch.safeParse(text).success]).toEqual([false, false]);
});

test('If-None-Match compares weakly', () => {
  expect(IfNoneMatch.parse('W/"3", "4"')).toEqual([3, 4]);
});

test('a version is expected by its own tag, by `*`, and by no other', () => {
  expect(isExpected(3, IfMatch.parse(entityTagOf(3)))).toBe(true);
  expect(isExpected(3, 'any')).toBe(true);
  expect(isExpected(3, [2, 4])).toBe(false);
});

test('a long list is read in time that grows with its length', () => {
  expect(IfMatch.safeParse(`"1"${' ,'.repeat(50_000)}x`).success).toBe(false);
});
