import { randomUUID } from 'node:crypto';
import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../shared/aws-error.ts';
import type { Journal } from '../../store/journal.ts';
import type { MessageSender, QueueConsumer, ReceivedMessage } from '../shared/ports/queues.ts';
import { untilVisible } from './long-poll.ts';
import { checkMessage, freshState, receivedMessage, type OutgoingMessage } from './message.ts';
import { stringAttributes } from './message-attributes.ts';
import { MessageMoveTasks } from './message-move-tasks.ts';
import { MessageStore, VISIBLE_AT_NEXT_START, type MessageContent, type NewMessage } from './message-store.ts';
import type { Queue, QueuedMessage } from './queue.ts';
import { QueueDirectory } from './queue-directory.ts';
import { policyAllows } from '../shared/policies/resource-policy.ts';
import { parseReceiptHandle } from './receipt-handle.ts';
import { RetentionSweeper } from './retention-sweeper.ts';
import { checkVisibilityChange, isInFlight, type VisibilityChange } from './visibility-change.ts';

export interface ReceiveOptions {
  readonly maxMessages: number;
  /** Overrides the queue's visibility timeout. */
  readonly visibilityTimeoutSeconds?: number | undefined;
  /** How long to wait for a first message. */
  readonly waitSeconds?: number | undefined;
  readonly signal?: AbortSignal;
}

const MAX_IN_FLIGHT = 120_000;

/**
 * Amazon SQS, standard queues.
 *
 * S1  A send, delete or change of visibility is acknowledged after its commit; so is a receive by a client.
 * S2  A message received through the API is hidden until its absolute deadline, also over a restart. One received
 *     in process (`receive`) is visible again at the next start, because its consumer died with the process; that
 *     receive does not count towards the dead-letter queue: consumers run in threads, so no message ends the process,
 *     and a process that is killed often must not use up the messages in its hands.
 * S3  A message deleted or purged is never received again. Any handle that a message was ever received with in this
 *     queue deletes it; only the latest one changes its visibility.
 * S4  A message in memory whose row is gone is dropped silently at its receive (its send was never acknowledged).
 */
export class SqsService implements MessageSender, QueueConsumer {
  readonly queues: QueueDirectory;
  readonly moveTasks: MessageMoveTasks;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #stack: StackIdentity;
  readonly #store: MessageStore;
  readonly #retention: RetentionSweeper;
  readonly #stopped = new AbortController();

  constructor(options: { journal: Journal; clock: Clock; stack: StackIdentity }) {
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#stack = options.stack;
    this.#store = new MessageStore(options.journal);
    this.#retention = new RetentionSweeper(options.clock, (queue, expired) => this.#expire(queue, expired));
    this.queues = new QueueDirectory({ ...options, store: this.#store, retention: this.#retention });
    for (const { queueName, message } of this.#store.loadMessages(this.#clock.nowMs())) {
      const queue = this.queues.find(queueName);
      if (queue) this.#add(queue, message);
    }
    this.moveTasks = new MessageMoveTasks({
      ...options,
      queues: this.queues,
      move: (m, s, d) => this.#moveAsNew(m, s, d),
    });
  }

  /** Goes on with message move tasks that a stop interrupted. */
  start(): void {
    this.moveTasks.start();
  }

  /** Ends long polls and timers. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#retention.stop();
    for (const queue of this.queues.all()) queue.close();
    await this.moveTasks.stop();
    await this.#journal.flushed();
  }

  async send(queueArn: string, body: string, attributes: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.sendAll(this.queues.byArn(queueArn), [{ body, messageAttributes: stringAttributes(attributes) }]);
  }

  /** Stores messages in one write; resolves with their ids, in order, when they are durable. */
  async sendAll(queue: Queue, messages: readonly OutgoingMessage[]): Promise<string[]> {
    for (const message of messages) checkMessage(queue.settings, message);
    let ids: string[] = [];
    await this.#journal.write(() => {
      ids = messages.map((message) => this.#insert(queue, message));
    });
    return ids;
  }

  /**
   * Sends as a part of the journal write that the caller has open: both are committed together or not at all.
   * @throws AwsError QueueDoesNotExist, InvalidParameterValueException; nothing is stored then.
   */
  enqueue(queueArn: string, body: string, attributes: Readonly<Record<string, string>> = {}): void {
    const queue = this.queues.byArn(queueArn);
    const message = { body, messageAttributes: stringAttributes(attributes) };
    checkMessage(queue.settings, message);
    this.#insert(queue, message);
  }

  /** Whether the queue's policy lets an AWS service send to it on behalf of `sourceArn`. @throws QueueDoesNotExist. */
  permits(queueArn: string, service: string, sourceArn: string): boolean {
    const { attributes } = this.queues.byArn(queueArn);
    const caller = { service, sourceArn, accountId: this.#stack.accountId };
    return policyAllows(attributes.Policy, { action: 'sqs:SendMessage', resource: queueArn, caller });
  }

  async receive(queueArn: string, maxMessages: number): Promise<ReceivedMessage[]> {
    const queue = this.queues.byArn(queueArn);
    if (!queue.hasVisible) return [];
    let received: ReceivedMessage[] = [];
    const written = this.#journal.write(() => {
      received = this.#take(queue, { maxMessages, survivesRestart: false });
    });
    // Nothing is promised to anyone by such a receive (S2), so it does not wait for its commit.
    if (received.length === 0) await written;
    return received;
  }

  onVisible(queueArn: string, wake: () => void): () => void {
    return this.queues.byArn(queueArn).onVisible(wake);
  }

  async delete(queueArn: string, receiptHandles: string[]): Promise<void> {
    await this.deleteAll(this.queues.byArn(queueArn), receiptHandles);
  }

  async changeVisibility(queueArn: string, receiptHandles: string[], seconds: number): Promise<void> {
    const queue = this.queues.byArn(queueArn);
    const current = receiptHandles.filter((handle) => isInFlight(queue, handle));
    if (current.length > 0)
      await this.changeVisibilityOf(
        queue,
        current.map((handle) => ({ handle, seconds })),
      );
  }

  /** Receives for a client: waits for a first message as long as asked, and commits the receive (S2). */
  async receiveWaiting(queue: Queue, options: ReceiveOptions): Promise<ReceivedMessage[]> {
    if (queue.counts.inFlight >= MAX_IN_FLIGHT) throw new AwsError('OverLimit', 'Too many messages in flight.');
    const deadlineMs = this.#clock.nowMs() + (options.waitSeconds ?? queue.settings.receiveWaitSeconds) * 1000;
    const signal = AbortSignal.any([this.#stopped.signal, ...(options.signal ? [options.signal] : [])]);
    for (;;) {
      const received = await this.#receiveDurably(queue, options);
      if (received.length > 0 || this.#clock.nowMs() >= deadlineMs || signal.aborted) return received;
      await untilVisible(queue, this.#clock, { deadlineMs, signal });
    }
  }

  /** Deletes what is still there; handles of messages that are gone count as deleted. @throws ReceiptHandleIsInvalid. */
  async deleteAll(queue: Queue, receiptHandles: readonly string[]): Promise<void> {
    const receipts = receiptHandles.map(parseReceiptHandle);
    await this.#journal.write(() => {
      for (const receipt of receipts) {
        const message = queue.get(receipt.seq);
        if (message?.messageId !== receipt.messageId) continue;
        this.#store.delete(message.seq);
        queue.remove(message);
      }
    });
  }

  /** @throws AwsError MessageNotInflight, InvalidParameterValueException, ReceiptHandleIsInvalid; nothing changed then. */
  async changeVisibilityOf(queue: Queue, changes: readonly VisibilityChange[]): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const messages = changes.map((change) => checkVisibilityChange(queue, change, nowMs));
    await this.#journal.write(() => {
      for (const [index, message] of messages.entries()) {
        const visibleAtMs = nowMs + changes[index]!.seconds * 1000;
        this.#store.setVisibleAt(message.seq, visibleAtMs);
        if (visibleAtMs > nowMs) queue.hide(message, visibleAtMs);
        else queue.show(message);
      }
    });
  }

  async purge(queue: Queue): Promise<void> {
    await this.#journal.write(() => {
      this.#store.purge(queue.name);
      queue.clear();
    });
  }

  async #receiveDurably(queue: Queue, options: ReceiveOptions): Promise<ReceivedMessage[]> {
    if (!queue.hasVisible) return [];
    let received: ReceivedMessage[] = [];
    await this.#journal.write(() => {
      received = this.#take(queue, { ...options, survivesRestart: true });
    });
    return received;
  }

  #take(queue: Queue, options: ReceiveOptions & { survivesRestart: boolean }): ReceivedMessage[] {
    const nowMs = this.#clock.nowMs();
    const hiddenUntilMs = nowMs + (options.visibilityTimeoutSeconds ?? queue.settings.visibilityTimeoutSeconds) * 1000;
    const received: ReceivedMessage[] = [];
    const taken: QueuedMessage[] = [];
    while (received.length < options.maxMessages) {
      const message = queue.nextVisible();
      if (!message) break;
      if (this.#expiredOrDead(queue, message, nowMs)) continue;
      message.receiveCount += 1;
      message.firstReceivedAtMs ??= nowMs;
      const content = this.#read(queue, message, options.survivesRestart ? hiddenUntilMs : VISIBLE_AT_NEXT_START);
      if (!content) {
        queue.remove(message);
        continue;
      }
      queue.hide(message, hiddenUntilMs);
      taken.push(message);
      received.push(receivedMessage(message, content, this.#stack.accountId));
    }
    // A timeout of zero hides nothing, but the same receive does not hand a message out twice.
    if (hiddenUntilMs === nowMs) for (const message of taken) queue.show(message);
    return received;
  }

  #read(queue: Queue, message: QueuedMessage, visibleAtMs: number): MessageContent | undefined {
    try {
      return this.#store.markReceived(message, visibleAtMs);
    } catch (error) {
      queue.show(message); // the disk failed, not the message: back into line
      throw error;
    }
  }

  /** Takes a message out of its queue instead of handing it out: too old, or received too often. */
  #expiredOrDead(queue: Queue, message: QueuedMessage, nowMs: number): boolean {
    if (message.sentAtMs + queue.settings.retentionSeconds * 1000 <= nowMs) {
      this.#store.delete(message.seq);
      queue.remove(message);
      return true;
    }
    const { redrive } = queue.settings;
    if (!redrive || message.receiveCount - message.arrivalReceiveCount < redrive.maxReceiveCount) return false;
    const deadLetters = this.queues.findByArn(redrive.deadLetterTargetArn);
    if (!deadLetters) return false; // the dead-letter queue was deleted: the message stays where it is
    this.#store.moveToDeadLetters(message, deadLetters.name, queue.arn, nowMs);
    queue.remove(message);
    this.#add(deadLetters, {
      ...message,
      visibleAtMs: nowMs,
      arrivalReceiveCount: message.receiveCount,
      deadLetterSourceArn: queue.arn,
      state: 'visible',
    });
    return true;
  }

  #moveAsNew(message: QueuedMessage, source: Queue, destination: Queue): void {
    const nowMs = this.#clock.nowMs();
    const messageId = randomUUID();
    this.#store.moveAsNew(message, destination.name, { messageId, nowMs });
    source.remove(message);
    this.#add(destination, { ...freshState(nowMs, nowMs), seq: message.seq, messageId });
  }

  #insert(queue: Queue, outgoing: OutgoingMessage): string {
    const nowMs = this.#clock.nowMs();
    const message: NewMessage = {
      messageId: randomUUID(),
      body: outgoing.body,
      messageAttributes: outgoing.messageAttributes ?? {},
      systemAttributes: outgoing.systemAttributes ?? {},
      sentAtMs: nowMs,
      visibleAtMs: nowMs + (outgoing.delaySeconds ?? queue.settings.delaySeconds) * 1000,
    };
    const seq = this.#store.insert(queue.name, message);
    this.#add(queue, { ...freshState(nowMs, message.visibleAtMs), seq, messageId: message.messageId });
    return message.messageId;
  }

  #add(queue: Queue, message: QueuedMessage): void {
    queue.add(message);
    this.#retention.expect(queue, message);
  }

  #expire(queue: Queue, expired: readonly QueuedMessage[]): void {
    const written = this.#journal.write(() => {
      for (const message of expired) {
        this.#store.delete(message.seq);
        queue.remove(message);
      }
    });
    written.catch(() => undefined); // nobody was promised the expiry; the next start finds the rows again
  }
}
