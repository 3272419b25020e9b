import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * How a place in built code ends, as stacks name it: `<path or URL>.mjs:<line>:<column>`. Its beginning is looked for from
 * there: an expression for the whole of it would search a long line from each of its letters.
 */
const END_OF_PLACE = /(\.[cm]?js):(\d+):(\d+)/g;
const NOT_IN_PATHS = /[\s()"'<>]/;
/** PATH_MAX of Linux. */
const MAX_PATH_LENGTH = 4096;

/** A parsed map takes megabytes, and errors come in rows of the same function. */
const MAX_KEPT_MAPS = 2;

/**
 * Says in texts where built code comes from: a place in a bundle becomes the place in its source, `functions/tea.ts:12:5`.
 * A map is `<file>.map`, beside its file or in one of the folders. Places without a map stay as they are.
 */
export class SourceLocations {
  readonly #folders: readonly string[];
  readonly #maps = new Map<string, SourceMap | undefined>();

  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** Also of JSON texts that hold a stack. Never throws. */
  map(text: string): string {
    let mapped = '';
    let doneTo = 0;
    for (const { 0: end, 1: extension = '', 2: line, 3: column, index } of text.matchAll(END_OF_PLACE)) {
      const start = startOfPath(text, doneTo, index);
      const source = this.#sourceOf(text.slice(start, index + extension.length), Number(line), Number(column));
      const endOfPlace = index + end.length;
      mapped += text.slice(doneTo, start) + (source ?? text.slice(start, endOfPlace));
      doneTo = endOfPlace;
    }
    return mapped + text.slice(doneTo);
  }

  #sourceOf(pathOrUrl: string, line: number, column: number): string | undefined {
    const entry = this.#mapOf(pathOrUrl)?.findEntry(line - 1, column - 1);
    // Behind the last line of the file the map would answer with its last entry.
    if (!entry || !('originalSource' in entry) || entry.generatedLine !== line - 1) return undefined;
    return `${sourcePath(entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  }

  #mapOf(pathOrUrl: string): SourceMap | undefined {
    const file = path.basename(pathOrUrl);
    if (this.#maps.has(pathOrUrl)) return this.#maps.get(pathOrUrl);
    const beside = `${pathOf(pathOrUrl)}.map`;
    const candidates = [beside, ...this.#folders.map((folder) => path.join(folder, `${file}.map`))];
    const found = candidates.find((candidate) => path.isAbsolute(candidate) && existsSync(candidate));
    const map = found === undefined ? undefined : read(found);
    const oldest = this.#maps.size >= MAX_KEPT_MAPS ? this.#maps.keys().next().value : undefined;
    if (oldest !== undefined) this.#maps.delete(oldest);
    this.#maps.set(pathOrUrl, map);
    return map;
  }
}

function startOfPath(text: string, from: number, end: number): number {
  let start = end;
  const least = Math.max(from, end - MAX_PATH_LENGTH);
  while (start > least && !NOT_IN_PATHS.test(text.charAt(start - 1))) start -= 1;
  return start;
}

function pathOf(pathOrUrl: string): string {
  try {
    return pathOrUrl.startsWith('file:') ? fileURLToPath(pathOrUrl) : pathOrUrl;
  } catch {
    return pathOrUrl; // a text that only looks like a URL: nothing lies there
  }
}

function read(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as SourceMapPayload);
  } catch {
    return undefined; // no map that can be read: the place stays as it is
  }
}

/** From the folder that holds the project: maps name their sources from where the bundle lay, `../../functions/tea.ts`. */
function sourcePath(source: string): string {
  return source.replace(/^(?:\.\.\/)+/u, '').replace(/\?.*$/u, '');
}
