import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { UserError } from '../user-error.ts';

/**
 * What the samples have done to a data folder, kept in the folder itself, so that a shop is seeded once and never again:
 * `begun` while its catalogue is being written, `done` from then on, also for a shop that was to begin empty.
 */
export type SeedState = 'new' | 'begun' | 'done';

const Marker = z.strictObject({ catalogue: z.enum(['begun', 'done']) });

/** A folder of an older version has a database and no marker: its shop is somebody's, so it counts as done. */
export function readSeedState(dataFolder: string): SeedState {
  const file = markerOf(dataFolder);
  if (!existsSync(file)) return existsSync(path.join(dataFolder, 'runtime.sqlite')) ? 'done' : 'new';
  try {
    return Marker.parse(JSON.parse(readFileSync(file, 'utf8'))).catalogue;
  } catch (cause) {
    throw new UserError(`${file} cannot be read: delete it, and the shop is left as it is.`, { cause });
  }
}

export function writeSeedState(dataFolder: string, catalogue: 'begun' | 'done'): void {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const file = markerOf(dataFolder);
  writeFileSync(file, `${JSON.stringify({ catalogue })}\n`, { mode: 0o600 });
  chmodSync(file, 0o600); // Written by an earlier version, it may be open.
}

function markerOf(dataFolder: string): string {
  return path.join(dataFolder, 'samples.json');
}
