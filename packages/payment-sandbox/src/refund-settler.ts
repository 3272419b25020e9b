import type { Refunds } from './refunds.ts';

/** Ends refunds at the time that their test cards give them, also after a restart. */
export class RefundSettler {
  readonly #refunds: Refunds;
  readonly #nowMs: () => number;
  #timer: NodeJS.Timeout | undefined;

  constructor(refunds: Refunds, nowMs: () => number) {
    this.#refunds = refunds;
    this.#nowMs = nowMs;
    refunds.onScheduled(() => this.#arm());
  }

  start(): void {
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const dueAtMs = this.#refunds.nextDueAtMs();
    if (dueAtMs === undefined) return;
    this.#timer = setTimeout(() => this.#settle(), Math.max(0, dueAtMs - this.#nowMs()));
  }

  #settle(): void {
    this.#refunds.settleDue();
    this.#arm();
  }
}
