import path from 'node:path';
import { watch } from 'chokidar';

/** An editor writes a file in several steps, and a branch switch writes many files. */
const SETTLED_AFTER_MS = 50;

/** What makes no part of the running shop. */
const UNINTERESTING = /(?:\.test\.ts|\.d\.ts|(?:^|\/)testing\/.*|(?:^|\/)__snapshots__\/.*)$/u;
const INTERESTING = /\.(?:ts|asl\.json)$/u;

export interface ChangedFilesOptions {
  /** Holds the folders. */
  readonly root: string;
  readonly folders: readonly string[];
  /** Told of paths from the root, with `/`, once nothing more comes. */
  readonly onChange: (files: readonly string[]) => void;
}

/** Tells of sources that are edited, new or gone. */
export class SourceWatch {
  readonly #watcher: ReturnType<typeof watch>;
  readonly #changed = new Set<string>();
  readonly #ready: Promise<void>;
  #timer: NodeJS.Timeout | undefined;

  constructor({ root, folders, onChange }: ChangedFilesOptions) {
    this.#watcher = watch([...folders], { cwd: root, ignoreInitial: true });
    this.#ready = new Promise((resolve) => void this.#watcher.once('ready', () => resolve()));
    this.#watcher.on('all', (_event, name) => {
      const file = name.split(path.sep).join('/');
      if (!INTERESTING.test(file) || UNINTERESTING.test(file)) return;
      this.#changed.add(file);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#tell(onChange), SETTLED_AFTER_MS);
    });
  }

  /** Resolves when no edit is missed any more. */
  ready(): Promise<void> {
    return this.#ready;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#watcher.close();
  }

  #tell(onChange: ChangedFilesOptions['onChange']): void {
    const files = [...this.#changed].toSorted();
    this.#changed.clear();
    onChange(files);
  }
}
