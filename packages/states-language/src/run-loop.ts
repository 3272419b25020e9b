import type { Frame } from './frame.ts';

const STEPS_BETWEEN_PAUSES = 256;

export interface RunLoopOptions {
  /** Carries a frame's state out, until the frame waits or comes to its next state. */
  readonly step: (frame: Frame) => Promise<void>;
  /** Whether the frame is still part of its execution. */
  readonly has: (frame: Frame) => boolean;
  /** Whether the execution has ended, or is let go of. */
  readonly isOver: () => boolean;
  /** Stores what the steps until now came to. */
  readonly onPause: () => void;
}

/** Carries an execution's frames on until each of them waits. */
export class RunLoop {
  readonly #options: RunLoopOptions;
  readonly #runnable: Frame[] = [];
  #stepsSincePause = 0;

  constructor(options: RunLoopOptions) {
    this.#options = options;
  }

  add(frame: Frame): void {
    this.#runnable.push(frame);
  }

  clear(): void {
    this.#runnable.length = 0;
  }

  async run(): Promise<void> {
    const { has, isOver, step } = this.#options;
    for (let frame = this.#runnable.shift(); frame; frame = this.#runnable.shift()) {
      // A branch may have been removed by its sibling's failure before it ran.
      while (has(frame) && isRunnable(frame)) {
        await step(frame);
        if (isOver()) return;
        this.#stepsSincePause += 1;
        if (this.#stepsSincePause >= STEPS_BETWEEN_PAUSES) await this.#pause();
      }
    }
  }

  /** A machine that never waits must not keep the event loop for itself, nor lose all its steps in a crash. */
  async #pause(): Promise<void> {
    this.#stepsSincePause = 0;
    this.#options.onPause();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

function isRunnable(frame: Frame): boolean {
  return frame.phase.kind === 'enter' || frame.phase.kind === 'run';
}
