import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../shared/aws-error.ts';
import type { Journal } from '../../store/journal.ts';
import type { MessageStore } from './message-store.ts';
import { Queue } from './queue.ts';
import { allowsRedriveFrom, mergeAttributes, settingsOf, type QueueAttributes } from './queue-attributes.ts';
import type { RetentionSweeper } from './retention-sweeper.ts';
import { invalidParameter, queueDoesNotExist } from './sqs-errors.ts';

export type QueueTags = Readonly<Record<string, string>>;

/** All queues by name, with their attributes and tags. */
export class QueueDirectory {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #stack: StackIdentity;
  readonly #store: MessageStore;
  readonly #retention: RetentionSweeper;
  readonly #queues = new Map<string, Queue>();
  readonly #tags = new Map<string, QueueTags>();

  constructor(options: {
    journal: Journal;
    clock: Clock;
    stack: StackIdentity;
    store: MessageStore;
    retention: RetentionSweeper;
  }) {
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#stack = options.stack;
    this.#store = options.store;
    this.#retention = options.retention;
    for (const stored of this.#store.loadQueues()) {
      const queue = this.#open(stored.name, stored.createdAtMs);
      queue.configure(stored.attributes);
      queue.modifiedAtMs = stored.modifiedAtMs;
      this.#tags.set(stored.name, stored.tags);
    }
  }

  all(): Queue[] {
    return [...this.#queues.values()];
  }

  find(name: string): Queue | undefined {
    return this.#queues.get(name);
  }

  findByArn(arn: string): Queue | undefined {
    return arn.startsWith(this.#arnPrefix) ? this.#queues.get(arn.slice(this.#arnPrefix.length)) : undefined;
  }

  /** @throws AwsError QueueDoesNotExist. */
  byArn(arn: string): Queue {
    const queue = this.findByArn(arn);
    if (!queue) throw queueDoesNotExist();
    return queue;
  }

  /** The host of the URL does not matter: clients reach the runtime under several names. @throws QueueDoesNotExist. */
  byUrl(url: string): Queue {
    const queue = this.#queues.get(url.slice(url.lastIndexOf('/') + 1));
    if (!queue) throw queueDoesNotExist();
    return queue;
  }

  urlOf(name: string): string {
    return `${this.#stack.endpointUrl}/${this.#stack.accountId}/${name}`;
  }

  arnOf(name: string): string {
    return `${this.#arnPrefix}${name}`;
  }

  tagsOf(queue: Queue): QueueTags {
    return this.#tags.get(queue.name) ?? {};
  }

  async setTags(queue: Queue, tags: QueueTags): Promise<void> {
    this.#tags.set(queue.name, tags);
    await this.#save(queue);
  }

  /** Creates a queue, or returns the one that has the same attributes. @throws AwsError QueueNameExists. */
  async create(name: string, attributes: QueueAttributes, tags: QueueTags = {}): Promise<Queue> {
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(name)) {
      throw invalidParameter(
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length (FIFO queues are not supported by the embedded runtime).',
      );
    }
    const existing = this.#queues.get(name);
    if (existing) return this.#same(existing, attributes);
    const checked = this.#check(name, mergeAttributes({}, attributes));
    const queue = this.#open(name, this.#clock.nowMs());
    queue.configure(checked);
    this.#tags.set(name, tags);
    await this.#save(queue);
    return queue;
  }

  /** Sets a queue up as a template says: what the template leaves out takes its default, but a policy stays. */
  async declare(name: string, attributes: QueueAttributes, tags: QueueTags): Promise<Queue> {
    const existing = this.#queues.get(name);
    if (!existing) return this.create(name, attributes, tags);
    const { Policy } = existing.attributes; // its own resource (AWS::SQS::QueuePolicy) sets it
    this.#tags.set(name, tags);
    await this.#configure(existing, mergeAttributes(Policy ? { Policy } : {}, attributes));
    return existing;
  }

  async setAttributes(queue: Queue, changes: QueueAttributes): Promise<void> {
    await this.#configure(queue, mergeAttributes(queue.attributes, changes));
  }

  async delete(queue: Queue): Promise<void> {
    this.#queues.delete(queue.name);
    this.#tags.delete(queue.name);
    this.#retention.forget(queue);
    queue.clear();
    queue.close();
    await this.#journal.write(() => this.#store.deleteQueue(queue.name));
  }

  /** Queues whose redrive policy names `deadLetters`. */
  sourcesOf(deadLetters: Queue): Queue[] {
    return this.all().filter((queue) => queue.settings.redrive?.deadLetterTargetArn === deadLetters.arn);
  }

  get #arnPrefix(): string {
    return `arn:aws:sqs:${this.#stack.region}:${this.#stack.accountId}:`;
  }

  #open(name: string, createdAtMs: number): Queue {
    const queue = new Queue({ name, arn: this.arnOf(name), clock: this.#clock, createdAtMs });
    this.#queues.set(name, queue);
    return queue;
  }

  #same(queue: Queue, attributes: QueueAttributes): Queue {
    for (const [name, value] of Object.entries(mergeAttributes({}, attributes))) {
      if (queue.attributes[name] === value) continue;
      throw new AwsError(
        'QueueNameExists',
        `A queue already exists with the same name and a different value for attribute ${name}`,
      );
    }
    return queue;
  }

  async #configure(queue: Queue, attributes: QueueAttributes): Promise<void> {
    queue.configure(this.#check(queue.name, attributes));
    queue.modifiedAtMs = this.#clock.nowMs();
    this.#retention.sweep(queue);
    await this.#save(queue);
  }

  #check(name: string, attributes: QueueAttributes): QueueAttributes {
    const { redrive } = settingsOf(attributes);
    if (!redrive) return attributes;
    const deadLetters = this.findByArn(redrive.deadLetterTargetArn);
    const refuse = (reason: string): Error =>
      invalidParameter(`Value ${attributes.RedrivePolicy} for parameter RedrivePolicy is invalid. Reason: ${reason}`);
    if (!deadLetters) throw refuse('Dead letter target does not exist.');
    if (!allowsRedriveFrom(deadLetters.settings, this.arnOf(name))) {
      throw refuse('Dead letter target does not allow this source queue.');
    }
    return attributes;
  }

  async #save(queue: Queue): Promise<void> {
    const { name, attributes, createdAtMs, modifiedAtMs } = queue;
    await this.#journal.write(() =>
      this.#store.saveQueue({ name, attributes, tags: this.tagsOf(queue), createdAtMs, modifiedAtMs }),
    );
  }
}
