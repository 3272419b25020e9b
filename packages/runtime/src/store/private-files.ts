import { chmodSync, closeSync, openSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Modes of what only its owner may see: keys, secrets, mails with their addresses, logs. */
export const PRIVATE_FOLDER = 0o700;
export const PRIVATE_FILE = 0o600;

/** Folders such as /tmp, where everybody may write and nobody may remove another's files. */
const STICKY_BIT = 0o1000;

/** Closes a folder to other users; one that is shared on purpose stays open, and only its files are closed. */
export function closeFolder(path: string): void {
  if ((statSync(path).mode & STICKY_BIT) === 0) chmodSync(path, PRIVATE_FOLDER);
}

/** Closes a file, or a folder with all that is in it, also what an earlier version left open. */
export function closeTree(path: string): void {
  if (!statSync(path).isDirectory()) return chmodSync(path, PRIVATE_FILE);
  chmodSync(path, PRIVATE_FOLDER);
  for (const name of readdirSync(path)) closeTree(join(path, name));
}

/** Makes sure that the file exists and is closed: SQLite gives its journals the mode of their database. */
export function ensurePrivateFile(path: string): void {
  closeSync(openSync(path, 'a', PRIVATE_FILE));
}
