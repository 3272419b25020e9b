const PLAIN_EVERY_MS = 10_000;

/** The present state of a long run: one line that is written over on a terminal, a line now and then in a pipe. */
export class LiveLine {
  #shownAtMs = -Infinity;

  show(text: string): void {
    if (process.stdout.isTTY) {
      process.stdout.write(`\r\x1b[K${text}`);
      return;
    }
    if (performance.now() - this.#shownAtMs < PLAIN_EVERY_MS) return;
    this.#shownAtMs = performance.now();
    console.log(text);
  }

  clear(): void {
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
  }
}
