import { registerHooks } from 'node:module';

/** A deliberate change of one source file: the text that is there, and what stands in its place. */
export interface SourcePatch {
  /** Path below the project's root. */
  readonly file: string;
  /** Stands there once: a patch whose place is one of several changes another one some day. */
  readonly search: string;
  readonly replace: string;
  /** All places are meant: a generated file repeats what its source says once. */
  readonly everywhere?: true;
}

let patch: SourcePatch | undefined;

/** Changes a source file as it is loaded; the file itself stays. To be called before anything loads it. */
export function installPatch(wanted: SourcePatch): void {
  patch = wanted;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(wanted.file) || loaded.source === null || loaded.source === undefined) return loaded;
      return { ...loaded, source: sourceOf(url, Buffer.from(loaded.source as Uint8Array).toString()) };
    },
  });
}

/** A file's text, changed when it is the one that the patch is for. @throws Error when it is not clear what to change. */
export function sourceOf(url: string, text: string): string {
  return patch !== undefined && url.endsWith(patch.file) ? patched(patch, text) : text;
}

/** @throws Error when it is not clear what to change. */
export function patched(wanted: SourcePatch, text: string): string {
  const unclear = unclearPlace(wanted, text);
  if (unclear !== undefined) throw new Error(unclear);
  return text.split(wanted.search).join(wanted.replace);
}

/** @returns what is wrong when a file has no, or no one place that a patch is about. */
export function unclearPlace({ file, search, everywhere }: SourcePatch, text: string): string | undefined {
  const places = text.split(search).length - 1;
  if (places === 1 || (places > 1 && everywhere)) return undefined;
  return `${file} has ${places} places for a deliberate bug: open test/faults/mutants and say which it is`;
}
