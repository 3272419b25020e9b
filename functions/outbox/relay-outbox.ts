import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { eventBridge } from '../platform/event-bridge-client.ts';
import { OutboxRow } from '../platform/outbox.ts';
import { EventPublisher } from './event-publisher.ts';
import { OutboxRelay, type OutboxRecord } from './outbox-relay.ts';
import { OutboxTable } from './outbox-table.ts';

const relay = new OutboxRelay({
  publisher: new EventPublisher({ eventBridge, busName: envVar('EVENT_BUS_NAME') }),
  table: new OutboxTable({ documents: documentClient, tableName: envVar('OUTBOX_TABLE'), clock: systemClock }),
  clock: systemClock,
});

/**
 * Puts new outbox rows on the bus in stream order. Only inserts count: marks (MODIFY) and expiries (REMOVE) pass by. A
 * record that must come again is reported by its sequence number.
 */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const inserts = event.Records.filter(({ eventName }) => eventName === 'INSERT').map(readRecord);
  const failed = await relay.relay(inserts);
  return { batchItemFailures: failed.map(({ sequenceNumber }) => ({ itemIdentifier: sequenceNumber })) };
}

function readRecord({ dynamodb }: DynamoDBRecord): OutboxRecord {
  const { SequenceNumber: sequenceNumber, ApproximateCreationDateTime: seconds = 0, Keys, NewImage } = dynamodb ?? {};
  const eventId = Keys?.['eventId']?.S;
  // Without its number a record could not be reported, and Lambda would take it for done; without its key, not marked.
  if (sequenceNumber === undefined || eventId === undefined) throw new Error('Stream record without number or key');
  const row = rowIn((NewImage ?? {}) as Record<string, AttributeValue>);
  return { sequenceNumber, eventId, writtenAt: new Date(seconds * 1000), row };
}

/** Undefined for what is no sound row: were it an error, the record would hold up its shard for a day. */
function rowIn(image: Record<string, AttributeValue>): OutboxRow | undefined {
  try {
    return OutboxRow.safeParse(unmarshall(image)).data;
  } catch {
    return undefined; // a number that JavaScript cannot hold
  }
}
