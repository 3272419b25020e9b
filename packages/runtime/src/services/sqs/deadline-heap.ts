/** A binary min-heap of things with a deadline. Nothing is removed from the middle: the owner skips what is stale. */
export class DeadlineHeap<T> {
  readonly #entries: { readonly dueAtMs: number; readonly item: T }[] = [];

  get size(): number {
    return this.#entries.length;
  }

  peek(): { readonly dueAtMs: number; readonly item: T } | undefined {
    return this.#entries[0];
  }

  push(dueAtMs: number, item: T): void {
    const entries = this.#entries;
    const entry = { dueAtMs, item };
    let index = entries.length;
    entries.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (entries[parent]!.dueAtMs <= dueAtMs) break;
      entries[index] = entries[parent]!;
      index = parent;
    }
    entries[index] = entry;
  }

  pop(): T | undefined {
    const first = this.#entries[0];
    const last = this.#entries.pop();
    if (this.#entries.length > 0) this.#sink(last!);
    return first?.item;
  }

  /** Drops what `keep` refuses, in one pass. */
  compact(keep: (item: T, dueAtMs: number) => boolean): void {
    const kept = this.#entries.filter((entry) => keep(entry.item, entry.dueAtMs));
    kept.sort((a, b) => a.dueAtMs - b.dueAtMs); // a sorted array is a heap
    this.#entries.length = 0;
    for (const entry of kept) this.#entries.push(entry);
  }

  #sink(entry: { readonly dueAtMs: number; readonly item: T }): void {
    const entries = this.#entries;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= entries.length) break;
      if (child + 1 < entries.length && entries[child + 1]!.dueAtMs < entries[child]!.dueAtMs) child += 1;
      if (entries[child]!.dueAtMs >= entry.dueAtMs) break;
      entries[index] = entries[child]!;
      index = child;
    }
    entries[index] = entry;
  }
}
