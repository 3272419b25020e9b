import { watch as watchFolder } from 'chokidar';
import { context, type BuildContext } from 'esbuild';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildFaults } from '../../scripts/build-faults.ts';
import { copyPages, webBuild } from '../../scripts/build-web.ts';

export interface LivePageOptions {
  /** Of the project. */
  readonly root: string;
  /** What is served. */
  readonly outputFolder: string;
  readonly onBuilt: (tookMs: number) => void;
  /** One line each. The old page is served on. */
  readonly onFaults: (faults: readonly string[]) => void;
}

/** An editor writes a file in several steps. */
const SETTLED_AFTER_MS = 50;

/** Builds the page again at each edit of it, each time only what changed. */
export class LivePage {
  readonly #options: LivePageOptions;
  readonly #sources: string;
  readonly #watcher: ReturnType<typeof watchFolder>;
  readonly #ready: Promise<void>;
  #build: BuildContext<ReturnType<typeof webBuild> & { write: false }> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: LivePageOptions) {
    this.#options = options;
    this.#sources = path.join(options.root, 'web');
    this.#watcher = watchFolder(this.#sources, { ignoreInitial: true });
    this.#ready = new Promise((resolve) => void this.#watcher.once('ready', () => resolve()));
    this.#watcher.on('all', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.rebuild(), SETTLED_AFTER_MS);
    });
  }

  /** Resolves when no edit is missed any more. */
  ready(): Promise<void> {
    return this.#ready;
  }

  rebuild(): void {
    const startedAtMs = performance.now();
    this.#work = this.#work.then(async () => {
      try {
        await this.#write();
        this.#options.onBuilt(performance.now() - startedAtMs);
      } catch (error) {
        this.#options.onFaults(buildFaults(error) ?? [String(error)]);
      }
    });
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#watcher.close();
    await this.#work;
    await this.#build?.dispose();
  }

  async #write(): Promise<void> {
    const { outputFolder, root } = this.#options;
    this.#build ??= await context({ ...webBuild(this.#sources, outputFolder), absWorkingDir: root, write: false });
    const { outputFiles } = await this.#build.rebuild();
    await copyPages(this.#sources, outputFolder);
    await Promise.all(outputFiles.map(({ path: file, contents }) => writeFile(file, contents)));
  }
}
