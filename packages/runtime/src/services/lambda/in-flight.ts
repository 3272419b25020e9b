/** Work that was begun and not awaited where it was begun. */
export class InFlight {
  readonly #work = new Set<Promise<void>>();

  get size(): number {
    return this.#work.size;
  }

  begin(work: Promise<void>, onFailure: (error: unknown) => void, onEnd?: () => void): void {
    const ended = work.catch(onFailure).then(() => {
      this.#work.delete(ended);
      onEnd?.();
    });
    this.#work.add(ended);
  }

  /** Resolves when nothing is under way, not even what was begun meanwhile. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }
}
