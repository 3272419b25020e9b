/**
 * Cuts a function's writes into log events: one write that ends in a newline is one event, as Lambda's framed
 * log channel keeps it (a stack trace stays together); a write without one waits for its end.
 */
export class OutputLines {
  readonly #onEvent: (text: string, requestId: string) => void;
  #rest = '';
  #requestId = '';

  constructor(onEvent: (text: string, requestId: string) => void) {
    this.#onEvent = onEvent;
  }

  write(text: string, requestId: string): void {
    this.#requestId = requestId;
    if (!text.endsWith('\n')) {
      this.#rest += text;
      return;
    }
    const event = this.#rest + text.slice(0, -1);
    this.#rest = '';
    if (event !== '') this.#onEvent(event, requestId);
  }

  /** Passes on what never got its newline. */
  end(): void {
    if (this.#rest !== '') this.#onEvent(this.#rest, this.#requestId);
    this.#rest = '';
  }
}
