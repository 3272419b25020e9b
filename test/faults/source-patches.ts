import { registerHooks } from 'node:module';

/** A deliberate change of one source file: the text that is there, and what stands in its place. */
export interface SourcePatch {
  /** Path below the project's root. */
  readonly file: string;
  readonly search: string;
  readonly replace: string;
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

/** A file's text, changed when it is the one that the patch is for. @throws Error when the text to change is gone. */
export function sourceOf(url: string, text: string): string {
  if (patch === undefined || !url.endsWith(patch.file)) return text;
  if (!text.includes(patch.search)) throw new Error(`${patch.file} has no text "${patch.search}" any more`);
  return text.replace(patch.search, () => patch!.replace);
}
