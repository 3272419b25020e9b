import { setTimeout as delay } from 'node:timers/promises';
import {
  BatchWriteCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
  type BatchWriteCommandInput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../platform/clock.ts';
import { isErrorNamed } from '../platform/errors.ts';
import { KEPT_SECONDS, pendingShardOf, type OutboxRow } from '../platform/outbox.ts';

const MAX_BATCH_ITEMS = 25;
const MAX_ATTEMPTS = 5;

/** A row that can never be published. Out of every pending shard, so that the sweeper does not meet it each minute. */
const QUARANTINE = 'MALFORMED';

type PutRequests = NonNullable<BatchWriteCommandInput['RequestItems']>[string];

/** The rows of the outbox after they were written: which wait for the sweeper, and which are done. */
export class OutboxTable {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #clock: Clock;

  constructor(options: { documents: DynamoDBDocumentClient; tableName: string; clock: Clock }) {
    this.#documents = options.documents;
    this.#tableName = options.tableName;
    this.#clock = options.clock;
  }

  /**
   * Takes the marks of published rows away, and lets them expire. Whole rows are put, because that goes 25 to a request
   * while updates go one by one; a row's content never changes, so two publishers write the same.
   */
  async markPublished(rows: readonly OutboxRow[]): Promise<void> {
    const now = this.#clock.now();
    const marks = {
      publishedAt: now.toISOString(),
      expiresAtEpochSeconds: Math.floor(now.getTime() / 1000) + KEPT_SECONDS,
    };
    for (let start = 0; start < rows.length; start += MAX_BATCH_ITEMS) {
      const puts = rows.slice(start, start + MAX_BATCH_ITEMS).map(({ pendingShard: _published, ...row }) => ({
        PutRequest: { Item: { ...row, ...marks } },
      }));
      await this.#putAll(puts);
    }
  }

  /** One page of a shard's rows that were written before `createdBefore` (ISO 8601), oldest first. */
  async pending(shard: string, createdBefore: string, limit: number, after?: PageKey): Promise<PendingPage> {
    const { Items = [], LastEvaluatedKey } = await this.#documents.send(
      new QueryCommand({
        TableName: this.#tableName,
        IndexName: 'PendingIndex',
        KeyConditionExpression: 'pendingShard = :shard AND createdAt < :before',
        ExpressionAttributeValues: { ':shard': shard, ':before': createdBefore },
        Limit: limit,
        ExclusiveStartKey: after,
      }),
    );
    return { rows: Items, ...(LastEvaluatedKey === undefined ? {} : { next: LastEvaluatedKey }) };
  }

  /** One page of the keys of rows that were written at or after `since` (ISO 8601), in no order: it reads the whole table. */
  async writtenSince(since: string, after?: PageKey): Promise<{ eventIds: readonly string[]; next?: PageKey }> {
    const { Items = [], LastEvaluatedKey } = await this.#documents.send(
      new ScanCommand({
        TableName: this.#tableName,
        FilterExpression: 'createdAt >= :since',
        ExpressionAttributeValues: { ':since': since },
        ProjectionExpression: 'eventId',
        ExclusiveStartKey: after,
      }),
    );
    const eventIds = Items.map(({ eventId }) => String(eventId));
    return { eventIds, ...(LastEvaluatedKey === undefined ? {} : { next: LastEvaluatedKey }) };
  }

  /** Lets a row wait for the sweeper, and not expire meanwhile. @returns whether it did not wait, nor was set aside, already. */
  markPending(eventId: string): Promise<boolean> {
    return this.#mark(
      eventId,
      pendingShardOf(eventId),
      'attribute_exists(eventId) AND attribute_not_exists(pendingShard)',
    );
  }

  /** Sets a row aside that cannot be published, for a person to look at. */
  async quarantine(eventId: string): Promise<void> {
    await this.#mark(eventId, QUARANTINE, 'attribute_exists(eventId)');
  }

  /** @returns whether the condition held. */
  async #mark(eventId: string, shard: string, ConditionExpression: string): Promise<boolean> {
    const update = new UpdateCommand({
      TableName: this.#tableName,
      Key: { eventId },
      UpdateExpression: 'SET pendingShard = :shard REMOVE expiresAtEpochSeconds',
      ConditionExpression,
      ExpressionAttributeValues: { ':shard': shard },
    });
    try {
      await this.#documents.send(update);
      return true;
    } catch (error) {
      if (isErrorNamed(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  }

  /** A batch write answers 200 also when it left items out: they are written again, with growing pauses. */
  async #putAll(puts: PutRequests): Promise<void> {
    let left = puts;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const request = { RequestItems: { [this.#tableName]: left } };
      const { UnprocessedItems = {} } = await this.#documents.send(new BatchWriteCommand(request));
      left = UnprocessedItems[this.#tableName] ?? [];
      if (left.length === 0) return;
      await delay(Math.random() * 50 * 2 ** (attempt - 1));
    }
    throw new Error(`${left.length} outbox rows stayed unmarked over ${MAX_ATTEMPTS} attempts`);
  }
}

export type PageKey = Readonly<Record<string, unknown>>;

/** Rows as stored: whoever reads them has to check them. */
export interface PendingPage {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly next?: PageKey;
}
