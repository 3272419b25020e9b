/** Something that happens to an execution. */
export type Action = () => void | Promise<void>;

/** Does what is posted to it one thing after the other, in order; the first one at once, if it is idle. */
export class Inbox {
  readonly #perform: (action: Action) => Promise<void>;
  readonly #waiting: Action[] = [];
  #work = Promise.resolve();
  #isWorking = false;
  #isClosed = false;

  /** @param perform carries out one action; must not reject. */
  constructor(perform: (action: Action) => Promise<void>) {
    this.#perform = perform;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether an action is being carried out. */
  get isWorking(): boolean {
    return this.#isWorking;
  }

  /** Resolves when `action`, and what was posted meanwhile, is done. Once closed, nothing is done any more. */
  post(action: Action): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#waiting.push(action);
    if (!this.#isWorking) this.#work = this.#empty();
    return this.#work;
  }

  /** Resolves when nothing is waiting. */
  idle(): Promise<void> {
    return this.#work;
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
  }

  async #empty(): Promise<void> {
    this.#isWorking = true;
    for (let action = this.#waiting.shift(); action; action = this.#waiting.shift()) await this.#perform(action);
    this.#isWorking = false;
  }
}
