import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { eventBridge } from '../platform/event-bridge-client.ts';
import { logger } from '../platform/logger.ts';
import { OutboxRow } from '../platform/outbox.ts';
import { EventPublisher } from './event-publisher.ts';
import { publishAndMark } from './outbox-relay.ts';
import { OutboxTable } from './outbox-table.ts';

const publisher = new EventPublisher({ eventBridge, busName: envVar('EVENT_BUS_NAME') });
const table = new OutboxTable({ documents: documentClient, tableName: envVar('OUTBOX_TABLE'), clock: systemClock });

/**
 * Puts new outbox rows on the bus in stream order. Only inserts count: our own marks (MODIFY) and expiries (REMOVE)
 * pass by. A record that cannot be published is reported by its sequence number; it ends in the failure destination
 * when the stream's retries are spent, and the sweeper finds its row.
 */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const read = event.Records.filter(({ eventName }) => eventName === 'INSERT').map(readRecord);
  const rejected = await publishAndMark(
    read.flatMap(({ row }) => row ?? []),
    publisher,
    table,
  );
  const failed = read.filter(({ row }) => row === undefined || rejected.has(row.eventId));
  return { batchItemFailures: failed.map(({ sequenceNumber }) => ({ itemIdentifier: sequenceNumber })) };
}

interface ReadRecord {
  readonly sequenceNumber: string;
  /** Undefined for a record that is no outbox row. */
  readonly row: OutboxRow | undefined;
}

function readRecord({ dynamodb }: DynamoDBRecord): ReadRecord {
  const sequenceNumber = dynamodb?.SequenceNumber;
  // Without it the record could not be reported, and Lambda would take it for done.
  if (sequenceNumber === undefined) throw new Error('Stream record without a sequence number');
  const image = (dynamodb?.NewImage ?? {}) as Record<string, AttributeValue>;
  const parsed = OutboxRow.safeParse(unmarshall(image));
  if (!parsed.success) logger.error('Outbox row is malformed', { sequenceNumber, eventId: image['eventId']?.S });
  return { sequenceNumber, row: parsed.data };
}
