import type { Journal } from '../../store/journal.ts';
import type { MessageAttributes } from './message-attributes.ts';
import type { QueuedMessage } from './queue.ts';
import type { QueueAttributes } from './queue-attributes.ts';

/** A message about to be stored. */
export interface NewMessage {
  readonly messageId: string;
  readonly body: string;
  readonly messageAttributes: MessageAttributes;
  /** AWSTraceHeader, MessageGroupId: given by the sender, handed back with the system attributes. */
  readonly systemAttributes: Readonly<Record<string, string>>;
  readonly sentAtMs: number;
  readonly visibleAtMs: number;
}

/** The part of a message that is read from disk when it is received. */
export interface MessageContent {
  readonly body: string;
  readonly messageAttributes: MessageAttributes;
  readonly systemAttributes: Readonly<Record<string, string>>;
}

export interface StoredQueue {
  readonly name: string;
  readonly attributes: QueueAttributes;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** Stored as the time from which a message is visible when its consumer lives in this process and dies with it. */
export const VISIBLE_AT_NEXT_START = 0;

const schema = `
  CREATE TABLE IF NOT EXISTS sqs_queues (
    name TEXT PRIMARY KEY, attributes TEXT NOT NULL, tags TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL, modified_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS sqs_messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, message_id TEXT NOT NULL, body TEXT NOT NULL,
    message_attributes TEXT, system_attributes TEXT, sent_at_ms INTEGER NOT NULL, visible_at_ms INTEGER NOT NULL,
    receive_count INTEGER NOT NULL DEFAULT 0, arrival_receive_count INTEGER NOT NULL DEFAULT 0,
    first_received_at_ms INTEGER, dead_letter_source TEXT
  ) STRICT;
`;

/** SQL of queues and messages. Every method that changes something runs inside `journal.write`. */
export class MessageStore {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
    journal.migrate(schema);
  }

  saveQueue(queue: StoredQueue): void {
    this.#journal
      .sql(
        `INSERT INTO sqs_queues VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE
         SET attributes = excluded.attributes, tags = excluded.tags, modified_at_ms = excluded.modified_at_ms`,
      )
      .run(
        queue.name,
        JSON.stringify(queue.attributes),
        JSON.stringify(queue.tags),
        queue.createdAtMs,
        queue.modifiedAtMs,
      );
  }

  deleteQueue(name: string): void {
    this.purge(name);
    this.#journal.sql('DELETE FROM sqs_queues WHERE name = ?').run(name);
  }

  purge(queueName: string): void {
    this.#journal.sql('DELETE FROM sqs_messages WHERE queue = ?').run(queueName);
  }

  loadQueues(): StoredQueue[] {
    const rows = this.#journal.sql('SELECT * FROM sqs_queues ORDER BY name').all();
    return rows.map((row) => ({
      name: row.name as string,
      attributes: JSON.parse(row.attributes as string) as QueueAttributes,
      tags: JSON.parse(row.tags as string) as Record<string, string>,
      createdAtMs: row.created_at_ms as number,
      modifiedAtMs: row.modified_at_ms as number,
    }));
  }

  /**
   * All messages without their bodies, oldest row first. A receive that ended with the process does not count against
   * the message.
   */
  *loadMessages(nowMs: number): Iterable<{ queueName: string; message: QueuedMessage }> {
    const rows = this.#journal
      .sql(
        `SELECT seq, queue, message_id, sent_at_ms, visible_at_ms, receive_count, arrival_receive_count,
                first_received_at_ms, dead_letter_source FROM sqs_messages ORDER BY seq`,
      )
      .iterate();
    for (const row of rows) {
      const visibleAtMs = row.visible_at_ms as number;
      const receiveCount = row.receive_count as number;
      const isCutOff = receiveCount > 0 && visibleAtMs === VISIBLE_AT_NEXT_START;
      const arrivalReceiveCount = (row.arrival_receive_count as number) + (isCutOff ? 1 : 0);
      const hiddenState = receiveCount > arrivalReceiveCount ? 'inFlight' : 'delayed';
      yield {
        queueName: row.queue as string,
        message: {
          seq: row.seq as number,
          messageId: row.message_id as string,
          sentAtMs: row.sent_at_ms as number,
          visibleAtMs,
          receiveCount,
          arrivalReceiveCount,
          firstReceivedAtMs: (row.first_received_at_ms as number | null) ?? undefined,
          deadLetterSourceArn: (row.dead_letter_source as string | null) ?? undefined,
          state: visibleAtMs > nowMs ? hiddenState : 'visible',
        },
      };
    }
  }

  /** @returns the new row's seq. */
  insert(queueName: string, message: NewMessage): number {
    const result = this.#journal
      .sql(
        `INSERT INTO sqs_messages (queue, message_id, body, message_attributes, system_attributes, sent_at_ms, visible_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        queueName,
        message.messageId,
        message.body,
        jsonUnlessEmpty(message.messageAttributes),
        jsonUnlessEmpty(message.systemAttributes),
        message.sentAtMs,
        message.visibleAtMs,
      );
    return Number(result.lastInsertRowid);
  }

  /**
   * Counts a receive and reads the content; undefined when the row is gone.
   * @param visibleAtMs when the message is visible again should the process die.
   */
  markReceived(message: QueuedMessage, visibleAtMs: number): MessageContent | undefined {
    const row = this.#journal
      .sql(
        `UPDATE sqs_messages SET receive_count = ?, arrival_receive_count = ?, first_received_at_ms = ?, visible_at_ms = ?
         WHERE seq = ? RETURNING body, message_attributes, system_attributes`,
      )
      .get(
        message.receiveCount,
        message.arrivalReceiveCount,
        message.firstReceivedAtMs ?? null,
        visibleAtMs,
        message.seq,
      );
    return (
      row && {
        body: row.body as string,
        messageAttributes: parseUnlessNull(row.message_attributes as string | null),
        systemAttributes: parseUnlessNull(row.system_attributes as string | null),
      }
    );
  }

  setVisibleAt(seq: number, visibleAtMs: number): void {
    this.#journal.sql('UPDATE sqs_messages SET visible_at_ms = ? WHERE seq = ?').run(visibleAtMs, seq);
  }

  delete(seq: number): void {
    this.#journal.sql('DELETE FROM sqs_messages WHERE seq = ?').run(seq);
  }

  /** Moves to a dead-letter queue: identity, sent time and receive count stay. */
  moveToDeadLetters(message: QueuedMessage, queueName: string, sourceArn: string, nowMs: number): void {
    this.#journal
      .sql(
        `UPDATE sqs_messages SET queue = ?, dead_letter_source = ?, visible_at_ms = ?, arrival_receive_count = receive_count
         WHERE seq = ?`,
      )
      .run(queueName, sourceArn, nowMs, message.seq);
  }

  /** Moves as a message move task does: it becomes a new message, with its own id and sent time. */
  moveAsNew(message: QueuedMessage, queueName: string, as: { messageId: string; nowMs: number }): void {
    this.#journal
      .sql(
        `UPDATE sqs_messages SET queue = ?, message_id = ?, sent_at_ms = ?, visible_at_ms = ?, receive_count = 0,
         arrival_receive_count = 0, first_received_at_ms = NULL, dead_letter_source = NULL WHERE seq = ?`,
      )
      .run(queueName, as.messageId, as.nowMs, as.nowMs, message.seq);
  }
}

function jsonUnlessEmpty(value: Readonly<Record<string, unknown>>): string | null {
  return Object.keys(value).length === 0 ? null : JSON.stringify(value);
}

function parseUnlessNull<T>(json: string | null): Readonly<Record<string, T>> {
  return json === null ? {} : (JSON.parse(json) as Record<string, T>);
}
