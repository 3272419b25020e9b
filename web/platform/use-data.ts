import { useEffect, useRef, useState } from 'preact/hooks';
import { config } from './session.ts';
import { ANYTHING, onChange } from './live.ts';
import { problemOf, type Problem } from './problem.ts';

export interface Data<Value> {
  /** Stays what it was while a newer one is read. */
  readonly value: Value | undefined;
  /** Of the last try; undefined when that went well. */
  readonly problem: Problem | undefined;
  readonly isLoading: boolean;
  readonly refresh: () => void;
}

export interface DataOptions {
  /** Which changes ask for another look; none unless told. */
  readonly isAbout?: (subject: string) => boolean;
  /** Least time between two looks, so that a burst of changes does not cost the shop its speed. */
  readonly atMostEveryMs?: number;
  /** How often to look where nobody tells of changes. */
  readonly pollMs?: number;
}

const RETRY_MS = 1_500;
/** When to look again after the last change that was told: an event's publication and a mail follow it untold. */
const AFTERWARDS_MS = [1_200, 4_000, 15_000];

/**
 * Reads a value and reads it again whenever it may have changed.
 * @param load is called anew when `key` is another.
 */
export function useData<Value>(key: string, load: () => Promise<Value>, options: DataOptions = {}): Data<Value> {
  const [state, setState] = useState<{ key: string; value?: Value; problem?: Problem; isLoading: boolean }>({
    key,
    isLoading: true,
  });
  const reader = useRef<Reader | undefined>(undefined);

  useEffect(() => {
    const read = async (): Promise<void> => {
      try {
        const value = await load();
        if (!current.isStopped) setState({ key, value, isLoading: false });
      } catch (error) {
        if (current.isStopped) return;
        const problem = problemOf(error);
        setState((before) => ({ ...(before.key === key ? before : { key }), problem, isLoading: false }));
        if (problem.status === 0 || problem.status === 429 || problem.status >= 500) {
          current.again((problem.retryAfterSeconds ?? 0) * 1_000 || RETRY_MS);
        }
      }
    };
    const current = new Reader(read, options.atMostEveryMs ?? 200);
    reader.current = current;
    setState((before) => (before.key === key ? before : { key, isLoading: true }));
    current.now();
    if (options.isAbout) current.settle();
    const unlisten = onChange((subject) => {
      if (subject === ANYTHING) current.now();
      else if (options.isAbout?.(subject)) current.soon();
    });
    const polls = config.value?.live === 'polling' || options.isAbout === undefined ? options.pollMs : undefined;
    const polling = polls === undefined ? undefined : setInterval(() => document.hidden || current.now(), polls);
    return () => {
      unlisten();
      clearInterval(polling);
      current.stop();
    };
  }, [key]);

  const shown = state.key === key ? state : { isLoading: true };
  return {
    value: 'value' in shown ? shown.value : undefined,
    problem: 'problem' in shown ? shown.problem : undefined,
    isLoading: shown.isLoading,
    refresh: () => reader.current?.now(),
  };
}

/**
 * When to read: at once, or soon after a change and again while it settles. One read is under way at a time; what
 * changes during it is read after it.
 */
class Reader {
  readonly #read: () => Promise<void>;
  readonly #gapMs: number;
  #beganMs = -Infinity;
  #isReading = false;
  #isStale = false;
  #next: ReturnType<typeof setTimeout> | undefined;
  #afterwards: ReturnType<typeof setTimeout> | undefined;
  isStopped = false;

  /** @param read never rejects. */
  constructor(read: () => Promise<void>, gapMs: number) {
    this.#read = read;
    this.#gapMs = gapMs;
  }

  now(): void {
    clearTimeout(this.#next);
    this.#next = undefined;
    if (this.#isReading) this.#isStale = true;
    else void this.#run();
  }

  soon(): void {
    this.again(Math.max(0, this.#beganMs + this.#gapMs - performance.now()));
    this.settle();
  }

  /** Looks again as time goes by, until the next change. */
  settle([waitMs, ...later] = AFTERWARDS_MS): void {
    clearTimeout(this.#afterwards);
    if (waitMs === undefined) return;
    this.#afterwards = setTimeout(() => {
      if (!document.hidden) this.now(); // whoever comes back to the page has everything read anew
      this.settle(later);
    }, waitMs);
  }

  again(inMs: number): void {
    this.#next ??= setTimeout(() => this.now(), inMs);
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.#next);
    clearTimeout(this.#afterwards);
  }

  async #run(): Promise<void> {
    this.#isReading = true;
    do {
      this.#isStale = false;
      this.#beganMs = performance.now();
      await this.#read();
    } while (this.#isStale && !this.isStopped);
    this.#isReading = false;
  }
}
