import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const HANDLER_EXPORT = /^export (?:const|(?:async )?function) handler\b/mu;

/** The functions' files contradict each other. The message is one line that names the file to open. */
export class FunctionFault extends Error {
  override readonly name = 'FunctionFault';
}

/**
 * Entry name → source file of every function below `functionsFolder`, by name.
 * @throws FunctionFault when two services use one name, for entries share a folder; and when a handler lies where it
 *   would not be found.
 */
export async function findEntries(functionsFolder: string): Promise<Map<string, string>> {
  const entries = new Map<string, string>();
  for (const file of await readdir(functionsFolder, { recursive: true })) {
    if (!/(?<!\.test|\.d)\.ts$/u.test(file)) continue;
    const source = path.join(functionsFolder, file);
    if (!HANDLER_EXPORT.test(await readFile(source, 'utf8'))) continue;
    if (file.split(path.sep).length !== 2) {
      throw new FunctionFault(
        `${source} exports a handler, but a function lies directly in its service's folder: move it there.`,
      );
    }
    const name = path.basename(file, '.ts');
    const other = entries.get(name);
    if (other !== undefined)
      throw new FunctionFault(`Two functions are named ${name}: ${other} and ${source}. Rename one.`);
    entries.set(name, source);
  }
  return new Map([...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
