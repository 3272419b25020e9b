import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Journal } from '../../../store/journal.ts';

/**
 * The code of published versions, in the journal: a template's assets may be gone when an execution comes back to the
 * version that it began with, and a backup of the journal has all that it needs. Versions of one code share it.
 */
export class KeptCode {
  readonly #journal: Journal;
  readonly #folder: string;
  /** Keys of the folders that were looked at. Nobody changes an asset that is in use. */
  readonly #keys = new Map<string, string>();

  /** @param folder where code is laid out when it runs again. */
  constructor(journal: Journal, folder: string) {
    this.#journal = journal;
    this.#folder = folder;
    journal.migrate(`CREATE TABLE IF NOT EXISTS lambda_code (
      key TEXT NOT NULL, path TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (key, path)
    ) STRICT`);
  }

  /** Keeps what is in the folder, within the write that is being made of the journal. @returns its key. */
  keep(codeFolder: string): string {
    const known = this.#keys.get(codeFolder);
    if (known !== undefined && this.#isKept(known)) return known;
    const files = filesIn(codeFolder);
    const key = keyOf(files);
    const insert = this.#journal.sql('INSERT OR IGNORE INTO lambda_code (key, path, content) VALUES (?, ?, ?)');
    for (const [name, content] of files) insert.run(key, name, content);
    this.#keys.set(codeFolder, key);
    return key;
  }

  /** A folder with the code. @throws Error when nobody kept it. */
  folderOf(key: string): string {
    if (path.isAbsolute(key)) return key; // of a data folder in which code was not kept yet
    const folder = path.join(this.#folder, key);
    if (!existsSync(folder)) this.#layOut(key, folder);
    return folder;
  }

  /** Forgets what none of these keys names, within the write that is being made of the journal. */
  retain(keys: ReadonlySet<string>): void {
    const kept = this.#journal.sql('SELECT DISTINCT key FROM lambda_code').all();
    for (const key of kept.map((row) => String(row['key'])).filter((each) => !keys.has(each))) {
      this.#journal.sql('DELETE FROM lambda_code WHERE key = ?').run(key);
      rmSync(path.join(this.#folder, key), { recursive: true, force: true });
    }
  }

  #isKept(key: string): boolean {
    return this.#journal.sql('SELECT 1 FROM lambda_code WHERE key = ? LIMIT 1').get(key) !== undefined;
  }

  /** Whole or not at all: a process that is killed leaves another name behind. */
  #layOut(key: string, folder: string): void {
    const rows = this.#journal.sql('SELECT path, content FROM lambda_code WHERE key = ?').all(key);
    if (rows.length === 0) throw new Error(`The code ${key} of a published version is not in the journal.`);
    const unfinished = `${folder}.part`;
    rmSync(unfinished, { recursive: true, force: true });
    for (const { path: name, content } of rows) {
      const file = path.join(unfinished, String(name));
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content as Uint8Array);
    }
    renameSync(unfinished, folder);
  }
}

type CodeFile = readonly [name: string, content: Buffer];

function filesIn(folder: string): CodeFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted()
    .map((file) => [path.relative(folder, file).replaceAll('\\', '/'), readFileSync(file)]);
}

function keyOf(files: readonly CodeFile[]): string {
  const hash = createHash('sha256');
  for (const [name, content] of files) hash.update(`${name} ${content.length}\n`).update(content);
  return hash.digest('hex').slice(0, 32);
}
