import { colors } from './colors.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 80;

/** Shows that something is going on: a spinner on a terminal, one line a stage in a pipe. */
export class Progress {
  readonly #startedAtMs = Date.now();
  #stage = '';
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;

  stage(name: string): void {
    this.#stage = name;
    if (!process.stdout.isTTY) {
      console.log(`… ${name}`);
      return;
    }
    this.#timer ??= setInterval(() => this.#draw(), FRAME_MS);
    this.#draw();
  }

  /** Ends the spinner and leaves one line. */
  done(summary: string): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
    console.log(`${colors.green('✔')} ${summary} ${colors.dim(`(${this.#elapsed()})`)}`);
  }

  /** Ends the spinner without a word, because an error follows. */
  clear(): void {
    clearInterval(this.#timer);
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
  }

  #draw(): void {
    this.#frame = (this.#frame + 1) % FRAMES.length;
    process.stdout.write(
      `\r\x1b[K${colors.cyan(FRAMES[this.#frame] ?? '')} ${this.#stage} ${colors.dim(this.#elapsed())}`,
    );
  }

  #elapsed(): string {
    return `${((Date.now() - this.#startedAtMs) / 1000).toFixed(1)} s`;
  }
}
