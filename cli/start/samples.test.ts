import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GUESTS, NEW_SHOP } from '../demo/cast.ts';
import { readSeedState, writeSeedState } from '../demo/samples-marker.ts';
import { planSamples, type SampleFlags, type SamplePlan } from './samples.ts';

let data: string;

beforeEach(() => {
  data = mkdtempSync(path.join(tmpdir(), 'samples-'));
});

afterEach(() => rmSync(data, { recursive: true }));

const NEW = (): void => undefined;
const IN_USE = (): void => writeSeedState(data, 'done');
const CRASHED_WHILE_SEEDING = (): void => writeSeedState(data, 'begun');
const OF_AN_OLDER_VERSION = (): void => writeFileSync(path.join(data, 'runtime.sqlite'), '');

const SEED: SamplePlan = { seedsShop: true, cast: NEW_SHOP };
const NOTHING: SamplePlan = { seedsShop: false, cast: undefined };
const STORIES_OF_THEIR_OWN: SamplePlan = { seedsShop: false, cast: GUESTS };

test.each<[string, () => void, Partial<SampleFlags>, SamplePlan]>([
  ['a new shop is seeded and told', NEW, {}, SEED],
  ['a new shop is seeded and told before it ends', NEW, { exit: true }, SEED],
  ['a new shop may begin empty', NEW, { samples: false }, NOTHING],
  ['a shop in use is left alone', IN_USE, {}, NOTHING],
  ['a shop in use has guests when they are asked for', IN_USE, { samples: true }, STORIES_OF_THEIR_OWN],
  ['a shop in use has guests before it ends', IN_USE, { exit: true }, STORIES_OF_THEIR_OWN],
  ['a shop in use has none when none are wanted', IN_USE, { exit: true, samples: false }, NOTHING],
  ['a shop that is forgotten is seeded again', IN_USE, { fresh: true }, SEED],
  ['a seeding that was cut off is finished', CRASHED_WHILE_SEEDING, {}, SEED],
  ['a shop of an older version is in use', OF_AN_OLDER_VERSION, {}, NOTHING],
])('%s', (_title, prepare, flags, plan) => {
  prepare();
  expect(planSamples({ data, fresh: false, samples: undefined, exit: false, ...flags })).toEqual(plan);
});

test('a shop that began empty stays without samples at its next start', () => {
  planSamples({ data, fresh: false, samples: false, exit: false });
  expect(planSamples({ data, fresh: false, samples: undefined, exit: false })).toEqual(NOTHING);
});

test('a marker that cannot be read stops the start in one line, rather than seeding a shop again', () => {
  writeFileSync(path.join(data, 'samples.json'), '{"catalogue":');
  expect(() => readSeedState(data)).toThrow(/samples\.json cannot be read: delete it/);
});

test('the marker is for its owner alone, as the rest of the folder is, also where an earlier version left it open', () => {
  const file = path.join(data, 'samples.json');
  writeFileSync(file, '', { mode: 0o644 });
  IN_USE();
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('looking at a folder leaves it as it is', () => {
  readSeedState(data);
  expect(existsSync(path.join(data, 'samples.json'))).toBe(false);
});
