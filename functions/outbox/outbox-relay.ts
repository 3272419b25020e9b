import { logger } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import type { OutboxRow } from '../platform/outbox.ts';
import type { EventPublisher } from './event-publisher.ts';
import type { OutboxTable } from './outbox-table.ts';

/**
 * Publishes rows and marks the accepted ones. A crash in between publishes again: copies have the same event id.
 * @returns the event ids that the bus did not take.
 */
export async function publishAndMark(
  rows: readonly OutboxRow[],
  publisher: EventPublisher,
  table: OutboxTable,
): Promise<ReadonlySet<string>> {
  const { accepted, rejected } = await publisher.publish(rows);
  for (const { row, errorName } of rejected) {
    const { eventId, orderId, correlationId } = row;
    logger.warn('Event not published', { eventId, orderId, correlationId, errorName });
  }
  if (rejected.length > 0) count('PublishFailures', {}, rejected.length);
  await table.markPublished(accepted);
  return new Set(rejected.map(({ row }) => row.eventId));
}
