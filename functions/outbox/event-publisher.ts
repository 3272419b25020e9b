import { PutEventsCommand, type EventBridgeClient, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { errorNameOf } from '../platform/errors.ts';
import { logger } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import type { OutboxRow } from '../platform/outbox.ts';

/** Limits of one PutEvents request; the size is the smaller one that older regions and accounts still have. */
const MAX_ENTRIES = 10;
const MAX_REQUEST_BYTES = 256 * 1024;
/** What EventBridge counts beside source, type and detail, rounded up. */
const ENTRY_OVERHEAD_BYTES = 64;

/** What became of each row. A rejected one has the name of the reason. */
export interface Publication {
  readonly accepted: readonly OutboxRow[];
  readonly rejected: readonly { readonly row: OutboxRow; readonly errorName: string }[];
}

/** Puts outbox rows on the bus. */
export class EventPublisher {
  readonly #eventBridge: EventBridgeClient;
  readonly #busName: string;

  constructor(options: { eventBridge: EventBridgeClient; busName: string }) {
    this.#eventBridge = options.eventBridge;
    this.#busName = options.busName;
  }

  /**
   * Publishes in the given order, ten at a time. It never throws: a request that fails rejects its own rows only. Each
   * rejection is logged and counted.
   */
  async publish(rows: readonly OutboxRow[]): Promise<Publication> {
    const publications: Publication[] = [];
    for (const chunk of chunksOf(rows)) publications.push(await this.#put(chunk));
    const rejected = publications.flatMap((publication) => publication.rejected);
    tellOfRejected(rejected);
    return { accepted: publications.flatMap(({ accepted }) => accepted), rejected };
  }

  /** PutEvents answers 200 also when it took nothing: each entry has its own verdict. */
  async #put(rows: readonly OutboxRow[]): Promise<Publication> {
    try {
      const Entries = rows.map((row) => this.#entryOf(row));
      const { Entries: verdicts = [] } = await this.#eventBridge.send(new PutEventsCommand({ Entries }));
      return {
        accepted: rows.filter((_row, index) => verdicts[index]?.EventId !== undefined),
        rejected: rows.flatMap((row, index) =>
          verdicts[index]?.EventId === undefined ? [{ row, errorName: verdicts[index]?.ErrorCode ?? 'NoVerdict' }] : [],
        ),
      };
    } catch (error) {
      return { accepted: [], rejected: rows.map((row) => ({ row, errorName: errorNameOf(error) })) };
    }
  }

  #entryOf(row: OutboxRow): PutEventsRequestEntry {
    return { EventBusName: this.#busName, Source: row.source, DetailType: row.detailType, Detail: row.detail };
  }
}

function tellOfRejected(rejected: Publication['rejected']): void {
  for (const { row, errorName } of rejected) {
    const { eventId, orderId, correlationId } = row;
    logger.warn('Event not published', { eventId, orderId, correlationId, errorName });
  }
  if (rejected.length > 0) count('PublishFailures', {}, rejected.length);
}

function chunksOf(rows: readonly OutboxRow[]): OutboxRow[][] {
  const chunks: OutboxRow[][] = [];
  let chunkBytes = 0;
  for (const row of rows) {
    const bytes = Buffer.byteLength(row.source + row.detailType + row.detail) + ENTRY_OVERHEAD_BYTES;
    const chunk = chunks.at(-1);
    if (chunk === undefined || chunk.length === MAX_ENTRIES || chunkBytes + bytes > MAX_REQUEST_BYTES) {
      chunks.push([row]);
      chunkBytes = bytes;
    } else {
      chunk.push(row);
      chunkBytes += bytes;
    }
  }
  return chunks;
}
