import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FunctionSettings } from './function-settings.ts';

type Code = Pick<FunctionSettings, 'codeFolder' | 'handler'>;

/** Digest of each file of a code folder, by its path in it. */
type Digests = ReadonlyMap<string, string>;

/**
 * Tells functions whose code is another from those that only share a folder with one.
 *
 * A function's code is every file of its folder but the handlers of others that its own handler does not name, and but
 * source maps. Folders are read once: nobody changes an asset that is in use.
 */
export class FunctionCode {
  readonly #digests = new Map<string, Digests>();

  /** @param others functions that share a folder with it, before or after. */
  isSame(before: Code, after: Code, others: readonly Code[]): boolean {
    if (before.handler !== after.handler) return false;
    if (before.codeFolder === after.codeFolder) return true;
    const foreign = new Set(
      others.filter(({ handler }) => handler !== after.handler).map(({ handler }) => stem(handler)),
    );
    return this.#fingerprint(before, foreign) === this.#fingerprint(after, foreign);
  }

  #fingerprint({ codeFolder, handler }: Code, foreign: ReadonlySet<string>): string {
    const digests = this.#digestsOf(codeFolder);
    const own = [...digests.keys()].find((file) => withoutExtension(file) === stem(handler));
    const text = own === undefined ? '' : readFileSync(path.join(codeFolder, own), 'utf8');
    const isOurs = (file: string): boolean =>
      !foreign.has(withoutExtension(file)) || text.includes(path.basename(file));
    return [...digests]
      .filter(([file]) => isOurs(file))
      .map(([file, digest]) => `${file} ${digest}`)
      .join('\n');
  }

  #digestsOf(folder: string): Digests {
    let digests = this.#digests.get(folder);
    if (!digests) {
      const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
      const files = entries
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
        .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
        .toSorted();
      digests = new Map(files.map((file) => [file, digestOf(path.join(folder, file))]));
      this.#digests.set(folder, digests);
    }
    return digests;
  }
}

/** `folder/file` of `folder/file.export`. */
function stem(handler: string): string {
  return handler.replace(/\.[^/]*$/u, '');
}

function withoutExtension(file: string): string {
  return file.replace(/\.[cm]?js$/u, '');
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('base64');
}
