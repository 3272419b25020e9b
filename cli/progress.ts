import { styleText } from 'node:util';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 80;

/** Shows that something is going on: a spinner on a terminal, one line a stage in a pipe. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #startedAtMs = Date.now();
  #stage = '';
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream = process.stdout) {
    this.#stream = stream;
  }

  stage(name: string): void {
    if (name === this.#stage) return;
    this.#stage = name;
    if (!this.#stream.isTTY) {
      this.#stream.write(`… ${name}\n`);
      return;
    }
    this.#timer ??= setInterval(() => this.#draw(), FRAME_MS);
    this.#draw();
  }

  /** Ends the spinner and leaves one line. */
  done(summary: string): void {
    this.clear();
    this.#stream.write(`${this.#styled('green', '✔')} ${summary} ${this.#styled('dim', `(${this.#elapsed()})`)}\n`);
  }

  /** Ends the spinner without a word, because an error or the answer follows. */
  clear(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[K');
  }

  #draw(): void {
    this.#frame = (this.#frame + 1) % FRAMES.length;
    const frame = this.#styled('cyan', FRAMES[this.#frame] ?? '');
    this.#stream.write(`\r\x1b[K${frame} ${this.#stage} ${this.#styled('dim', this.#elapsed())}`);
  }

  #styled(style: Parameters<typeof styleText>[0], text: string): string {
    return styleText(style, text, { stream: this.#stream });
  }

  #elapsed(): string {
    return `${((Date.now() - this.#startedAtMs) / 1000).toFixed(1)} s`;
  }
}
