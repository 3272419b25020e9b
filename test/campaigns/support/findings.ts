import type { Counts } from './counts.ts';
import { LiveLine } from './live-line.ts';

export interface FindingsOptions {
  readonly print?: (text: string) => void;
  /** Shows the progress. */
  readonly line?: Pick<LiveLine, 'show' | 'clear'>;
}

/** What a campaign has found. Each failure is printed the moment it is known: one that is killed keeps what it found. */
export class Findings {
  readonly #print: (text: string) => void;
  readonly #line: Pick<LiveLine, 'show' | 'clear'>;
  readonly #failures: string[] = [];
  #passed = 0;

  constructor({ print = console.log, line = new LiveLine() }: FindingsOptions = {}) {
    this.#print = print;
    this.#line = line;
  }

  /** @param problem what went wrong, in lines of which the first alone says what to do; none: it passed. */
  add(problem: readonly string[]): void {
    const [first, ...details] = problem;
    if (first === undefined) {
      this.#passed += 1;
      return;
    }
    this.#failures.push(first);
    this.#line.clear();
    for (const text of [first, ...details]) this.#print(text);
  }

  /** @param what is played. */
  showProgress(what: string): void {
    const { failed } = this.counts;
    this.#line.show(failed === 0 ? what : `${what}, ${failed} failed`);
  }

  /** Before anything else is printed. */
  clearProgress(): void {
    this.#line.clear();
  }

  get counts(): Counts {
    return { passed: this.#passed, failed: this.#failures.length };
  }

  /** Each failure once more, in one line: what was printed as it was found may be far above. */
  printAgain(): void {
    this.#line.clear();
    if (this.#failures.length > 0) this.#print('failed, once more:');
    for (const first of this.#failures) this.#print(first);
  }
}
