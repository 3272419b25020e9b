import { expect, test } from 'vitest';
import { ASSEMBLY_FOLDER } from '../synthesize.ts';
import { startAgain } from './power-cut.ts';

const synthesized = `--assembly=${ASSEMBLY_FOLDER}`;

test.each([
  ['with what was synthesized', ['start.ts', '--port', '4566'], ['start.ts', '--port', '4566', synthesized]],
  ['without forgetting everything once more', ['start.ts', '--fresh'], ['start.ts', synthesized]],
  ['with the template that was given', ['start.ts', '--assembly', 'x'], ['start.ts', '--assembly', 'x']],
  ['watching as before', ['start.ts', '--watch'], ['start.ts', '--watch']],
])('a killed shop starts again %s', (_how, argv, expected) => {
  expect(startAgain(argv, { fresh: false })).toEqual(expected);
});

test.each([[['start.ts']], [['start.ts', '--fresh']]])('%j begins anew when it is told to forget', (argv) => {
  expect(startAgain(argv, { fresh: true })).toEqual(['start.ts', '--fresh', synthesized]);
});
