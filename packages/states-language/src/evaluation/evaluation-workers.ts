import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Json } from '../json.ts';
import type { EvaluationInput } from './evaluate.ts';
import { EvaluationFault, MEMORY_EXCEEDED, TIMED_OUT } from './evaluation-fault.ts';
import { MAX_EVALUATION_MS } from './limits.ts';
import { notePending } from './pending-evaluations.ts';
import type { EvaluationAnswer, EvaluationJob } from './worker-program.ts';

/** TypeScript in the workspace, emitted JavaScript where the package is installed. */
const PROGRAM = new URL(`./worker-program${extname(import.meta.url)}`, import.meta.url);

const MAX_WORKERS = 4;
/** What the thread itself does not notice in time: a regular expression, a function on a huge list. */
const ENDED_AFTER_MS = MAX_EVALUATION_MS + 200;
const IDLE_MS = 10_000;
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 192, stackSizeMb: 4 };

interface Waiting extends EvaluationJob, PromiseWithResolvers<Json> {}

/**
 * Threads for expressions whose cost does not follow from their input.
 *
 * W1  An expression that exceeds AWS's second, or the thread's memory, ends with its thread, and nobody else waits.
 * W2  The second counts from when the expression has a thread, not from when it asked for one.
 * W3  Idle threads do not keep the process, and end after some seconds.
 * W4  Time here is the machine's, not that of a Clock: how long something computes, no test moves by hand.
 */
class EvaluationWorkers {
  readonly #queue: Waiting[] = [];
  readonly #idle: EvaluationThread[] = [];
  #threads = 0;

  /** @throws EvaluationFault. */
  evaluate(text: string, input: EvaluationInput): Promise<Json> {
    const waiting = { text, input, ...Promise.withResolvers<Json>() };
    this.#queue.push(waiting);
    this.#serve();
    return notePending(waiting.promise);
  }

  #serve(): void {
    while (this.#queue.length > 0) {
      const thread = this.#idle.pop() ?? (this.#threads < MAX_WORKERS ? this.#start() : undefined);
      if (!thread) return;
      thread.run(this.#queue.shift()!);
    }
  }

  #start(): EvaluationThread {
    this.#threads += 1;
    return new EvaluationThread({
      onIdle: (thread) => {
        this.#idle.push(thread);
        this.#serve();
      },
      onEnd: (thread) => {
        this.#threads -= 1;
        const index = this.#idle.indexOf(thread);
        if (index !== -1) this.#idle.splice(index, 1);
        this.#serve();
      },
    });
  }
}

interface ThreadEvents {
  readonly onIdle: (thread: EvaluationThread) => void;
  readonly onEnd: (thread: EvaluationThread) => void;
}

class EvaluationThread {
  readonly #worker: Worker;
  readonly #events: ThreadEvents;
  readonly #ready = Promise.withResolvers<void>();
  #job: Waiting | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(events: ThreadEvents) {
    this.#events = events;
    const options = { execArgv: [], env: {}, resourceLimits: RESOURCE_LIMITS, name: 'jsonata' };
    this.#worker = new Worker(PROGRAM, options);
    this.#worker.on('message', (message: 'ready' | EvaluationAnswer) => {
      if (message === 'ready') this.#ready.resolve();
      else this.#answered(message);
    });
    this.#worker.on('error', (error: Error & { code?: string }) => {
      this.#ended(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new EvaluationFault(MEMORY_EXCEEDED) : error);
    });
    this.#worker.on('exit', () => this.#events.onEnd(this));
  }

  run(job: Waiting): void {
    this.#job = job;
    clearTimeout(this.#timer);
    this.#worker.ref();
    void this.#ready.promise.then(() => {
      this.#timer = setTimeout(() => this.#ended(new EvaluationFault(TIMED_OUT)), ENDED_AFTER_MS);
      this.#worker.postMessage({ text: job.text, input: job.input } satisfies EvaluationJob);
    });
  }

  #answered(answer: EvaluationAnswer): void {
    const job = this.#job;
    if (!job) return; // It was given up just before.
    this.#job = undefined;
    clearTimeout(this.#timer);
    this.#worker.unref();
    this.#timer = setTimeout(() => void this.#worker.terminate(), IDLE_MS).unref();
    if ('value' in answer) job.resolve(answer.value);
    else job.reject(new EvaluationFault(answer.fault));
    this.#events.onIdle(this);
  }

  /** The thread is lost, and with it the expression that it evaluates. */
  #ended(error: Error): void {
    clearTimeout(this.#timer);
    this.#job?.reject(error);
    this.#job = undefined;
    void this.#worker.terminate();
  }
}

export const evaluationWorkers: Pick<EvaluationWorkers, 'evaluate'> = new EvaluationWorkers();
