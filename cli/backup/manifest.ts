import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { UserError } from '../user-error.ts';

/** Of the layout of a backup. Another one is another format: nothing is guessed. */
const FORMAT = 1;
const FILE = 'backup.json';

/** What a backup holds: it is whole when every file is as it is told here. */
const Manifest = z.strictObject({
  format: z.literal(FORMAT),
  takenAt: z.iso.datetime(),
  /** By path in the folder. */
  files: z.record(z.string(), z.strictObject({ bytes: z.int().nonnegative(), sha256: z.string() })),
});
export type Manifest = z.infer<typeof Manifest>;

/** Describes the files of a folder in itself. */
export async function writeManifest(folder: string, takenAt: Date, names: readonly string[]): Promise<Manifest> {
  const files: Manifest['files'] = {};
  for (const name of names) files[name] = await measured(path.join(folder, name));
  const manifest: Manifest = { format: FORMAT, takenAt: takenAt.toISOString(), files };
  writeFileSync(path.join(folder, FILE), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 });
  return manifest;
}

/** @throws UserError when the folder is no backup, or one of another format. */
export function readManifest(folder: string): Manifest {
  const file = path.join(folder, FILE);
  if (!existsSync(file)) throw new UserError(`${folder} is no backup: it has no ${FILE}.`);
  const content = parsed(file);
  const { format } = z.looseObject({ format: z.unknown() }).catch({ format: undefined }).parse(content);
  if (typeof format === 'number' && format !== FORMAT) {
    const advice = 'restore it with the version of the project that made it';
    throw new UserError(`${folder} is a backup of format ${format}, and this version reads ${FORMAT}: ${advice}.`);
  }
  const manifest = Manifest.safeParse(content);
  if (!manifest.success) throw new UserError(`${file} is damaged: take another backup.`);
  return manifest.data;
}

/** @throws UserError naming the first file that is not as it was written. */
export async function verify(folder: string, { files }: Manifest): Promise<void> {
  for (const [name, expected] of Object.entries(files)) {
    const { sha256 } = await measured(path.join(folder, name));
    if (sha256 !== expected.sha256) {
      throw new UserError(`${name} is not as it was written: the backup is damaged, take another one.`);
    }
  }
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new UserError(`${file} is damaged: take another backup.`, { cause });
  }
}

async function measured(file: string): Promise<Manifest['files'][string]> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { bytes: statSync(file).size, sha256: hash.digest('hex') };
}
