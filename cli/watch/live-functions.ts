import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { context, type BuildContext, type OutputFile } from 'esbuild';
import { functionBuild } from '../../scripts/build-functions.ts';
import { findEntries } from '../../scripts/function-entries.ts';

/** Builds the functions again and again, each time only what changed, into folders of their own. */
export class LiveFunctions {
  readonly #root: string;
  readonly #folder: string;
  #build: { readonly entries: string; readonly context: BuildContext<ReturnType<typeof functionBuild>> } | undefined;
  #lastOutput = '';
  #count = 0;

  /** @param folder gets a folder for each build, with source maps beside the code. */
  constructor(root: string, folder: string) {
    this.#root = root;
    this.#folder = folder;
  }

  /** @returns the folder of the build; undefined when it is the same as the last. @throws FunctionFault, BuildFailure. */
  async rebuild(): Promise<string | undefined> {
    const build = await this.#context();
    const { outputFiles } = await build.rebuild();
    const output = outputFiles
      .filter(({ path: file }) => !file.endsWith('.map'))
      .map(({ path: file, hash }) => `${file} ${hash}`)
      .join('\n');
    if (output === this.#lastOutput) return undefined;
    this.#lastOutput = output;
    return this.#write(outputFiles);
  }

  /** Names and files of the functions, as the last build found them. */
  get entries(): string {
    return this.#build?.entries ?? '';
  }

  async stop(): Promise<void> {
    await this.#build?.context.dispose();
  }

  /** A new one when a function was added or taken away. */
  async #context(): Promise<BuildContext<ReturnType<typeof functionBuild>>> {
    const found = await findEntries(path.join(this.#root, 'functions'));
    const entries = [...found].flat().join('\n');
    if (this.#build?.entries !== entries) {
      await this.#build?.context.dispose();
      // Source maps name their sources from where the deployed bundles lie.
      const options = functionBuild(found, path.join(this.#root, 'dist', 'functions'));
      this.#build = { entries, context: await context({ ...options, absWorkingDir: this.#root }) };
    }
    return this.#build.context;
  }

  #write(files: readonly OutputFile[]): string {
    this.#count += 1;
    const folder = path.join(this.#folder, `functions-${this.#count}`);
    mkdirSync(folder, { recursive: true });
    for (const { path: file, contents } of files) writeFileSync(path.join(folder, path.basename(file)), contents);
    return folder;
  }
}
