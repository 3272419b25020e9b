import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** The traps of AWS that this runtime must have too, or what was tested here surprises there. */
const TRAPS = [1, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 18, 19, 20, 22, 25, 26, 28];

test('every trap has its case in this folder, titled by its number and a sentence', () => {
  const titles = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap(
      (file) => readFileSync(`${import.meta.dirname}/${file}`, 'utf8').match(/(?<=^test\('|^\]\)\(')T.*?(?=')/gm) ?? [],
    );
  const numbers = titles.map((title) => Number(/^T(\d+): \S+ /.exec(title)?.[1]));
  expect([...new Set(numbers)].toSorted((one, other) => one - other)).toEqual(TRAPS);
});
