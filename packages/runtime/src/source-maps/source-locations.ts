import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** `<path or URL>.mjs:<line>:<column>`, as stacks name a place. */
const BUILT_PLACE = /(?:file:\/\/)?[^\s()"'<>]*?([\w.-]+\.[cm]?js):(\d+):(\d+)/g;

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
    return text.replaceAll(BUILT_PLACE, (place, file: string, line: string, column: string) => {
      const pathOrUrl = place.slice(0, -`:${line}:${column}`.length);
      const generatedLine = Number(line) - 1;
      const entry = this.#mapOf(pathOrUrl, file)?.findEntry(generatedLine, Number(column) - 1);
      // Behind the last line of the file the map would answer with its last entry.
      if (!entry || !('originalSource' in entry) || entry.generatedLine !== generatedLine) return place;
      return `${sourcePath(entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    });
  }

  #mapOf(pathOrUrl: string, file: string): SourceMap | undefined {
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
