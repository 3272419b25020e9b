import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** What lies in the folder, however deep. @returns all paths, and those that other users of the machine may use. */
export function openToOthers(folder: string): { readonly all: string[]; readonly open: string[] } {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return { all, open: all.filter((name) => (statSync(path.join(folder, name)).mode & 0o077) !== 0) };
}
