import { randomUUID } from 'node:crypto';
import { sleepUntil, type Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../shared/aws-error.ts';
import type { Journal } from '../../store/journal.ts';
import type { Queue, QueuedMessage } from './queue.ts';
import type { QueueDirectory } from './queue-directory.ts';
import { invalidParameter } from './sqs-errors.ts';

export interface MessageMoveTask {
  readonly taskHandle: string;
  readonly sourceArn: string;
  /** Absent: each message goes back to the queue that it came from. */
  readonly destinationArn?: string | undefined;
  readonly messagesPerSecond?: number | undefined;
  readonly startedAtMs: number;
  readonly toMove: number;
  moved: number;
  status: 'RUNNING' | 'CANCELLING' | 'CANCELLED' | 'COMPLETED' | 'FAILED';
  failureReason?: string | undefined;
}

type Move = (message: QueuedMessage, source: Queue, destination: Queue) => void;

const BATCH = 100;
const MAX_PER_SECOND = 500;

/** Dead-letter queue redrive. Progress is stored with each batch, and a task that a stop interrupted goes on. */
export class MessageMoveTasks {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #queues: QueueDirectory;
  readonly #move: Move;
  readonly #tasks: MessageMoveTask[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #stopped = new AbortController();

  constructor(options: { journal: Journal; clock: Clock; queues: QueueDirectory; move: Move }) {
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#queues = options.queues;
    this.#move = options.move;
    this.#journal.migrate(
      'CREATE TABLE IF NOT EXISTS sqs_move_tasks (handle TEXT PRIMARY KEY, task TEXT NOT NULL) STRICT',
    );
    for (const row of this.#journal.sql('SELECT task FROM sqs_move_tasks ORDER BY rowid').all()) {
      this.#tasks.push(JSON.parse(row.task as string) as MessageMoveTask);
    }
  }

  start(): void {
    for (const task of this.#tasks) if (isActive(task)) this.#launch(task);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#running);
  }

  /** @throws AwsError InvalidParameterValueException, ResourceNotFoundException, UnsupportedOperation. */
  async begin(request: {
    sourceArn: string;
    destinationArn?: string;
    messagesPerSecond?: number;
  }): Promise<MessageMoveTask> {
    const source = this.#existing(request.sourceArn);
    if (request.destinationArn) this.#existing(request.destinationArn);
    if (this.#queues.sourcesOf(source).length === 0) {
      throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
    }
    const rate = request.messagesPerSecond;
    if (rate !== undefined && !(Number.isInteger(rate) && rate >= 1 && rate <= MAX_PER_SECOND)) {
      throw invalidParameter('Value for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: must be 1 to 500.');
    }
    if (this.#tasks.some((task) => task.sourceArn === request.sourceArn && isActive(task))) {
      throw new AwsError(
        'UnsupportedOperation',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    }
    const task: MessageMoveTask = {
      ...request,
      taskHandle: Buffer.from(`${randomUUID()} ${request.sourceArn}`).toString('base64'),
      startedAtMs: this.#clock.nowMs(),
      toMove: source.counts.visible,
      moved: 0,
      status: 'RUNNING',
    };
    this.#tasks.push(task);
    await this.#journal.write(() => this.#save(task));
    this.#launch(task);
    return task;
  }

  /** Newest first. @throws AwsError ResourceNotFoundException. */
  list(sourceArn: string, most: number): MessageMoveTask[] {
    this.#existing(sourceArn);
    return this.#tasks
      .filter((task) => task.sourceArn === sourceArn)
      .toReversed()
      .slice(0, most);
  }

  /** @throws AwsError ResourceNotFoundException, UnsupportedOperation when it runs no more. */
  async cancel(taskHandle: string): Promise<MessageMoveTask> {
    const task = this.#tasks.find((known) => known.taskHandle === taskHandle);
    if (!task) throw new AwsError('ResourceNotFoundException', 'Task does not exist.', 404);
    if (task.status !== 'RUNNING') throw new AwsError('UnsupportedOperation', 'Task is not running.');
    task.status = 'CANCELLING';
    await this.#journal.write(() => this.#save(task));
    return task;
  }

  #launch(task: MessageMoveTask): void {
    const run = this.#run(task).finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  async #run(task: MessageMoveTask): Promise<void> {
    const batch = Math.min(BATCH, task.messagesPerSecond ?? BATCH);
    while (isActive(task) && !this.#stopped.signal.aborted) {
      await this.#journal.write(() => {
        this.#moveBatch(task, batch);
        this.#save(task);
      });
      if (!isActive(task) || !task.messagesPerSecond) continue;
      const pauseMs = (batch / task.messagesPerSecond) * 1000;
      // A stop ends the pause; the loop's own condition then ends the run.
      await sleepUntil(this.#clock, this.#clock.nowMs() + pauseMs, this.#stopped.signal).catch(() => undefined);
    }
  }

  #moveBatch(task: MessageMoveTask, batch: number): void {
    if (task.status === 'CANCELLING') {
      task.status = 'CANCELLED';
      return;
    }
    const source = this.#queues.findByArn(task.sourceArn);
    for (let count = 0; count < batch; count += 1) {
      const message = source?.nextVisible();
      if (!source || !message) {
        task.status = 'COMPLETED';
        return;
      }
      const destination = this.#queues.findByArn(task.destinationArn ?? message.deadLetterSourceArn ?? '');
      if (!destination) {
        source.show(message); // back into line, where it was found
        task.status = 'FAILED';
        task.failureReason =
          task.destinationArn || message.deadLetterSourceArn
            ? 'AWS.SimpleQueueService.NonExistentQueue'
            : 'CouldNotDetermineMessageSource';
        return;
      }
      this.#move(message, source, destination);
      task.moved += 1;
    }
  }

  #existing(arn: string): Queue {
    const queue = this.#queues.findByArn(arn);
    if (!queue)
      throw new AwsError(
        'ResourceNotFoundException',
        "The resource that you specified for the SourceArn parameter doesn't exist.",
        404,
      );
    return queue;
  }

  #save(task: MessageMoveTask): void {
    this.#journal
      .sql('INSERT INTO sqs_move_tasks VALUES (?, ?) ON CONFLICT (handle) DO UPDATE SET task = excluded.task')
      .run(task.taskHandle, JSON.stringify(task));
  }
}

function isActive(task: MessageMoveTask): boolean {
  return task.status === 'RUNNING' || task.status === 'CANCELLING';
}
