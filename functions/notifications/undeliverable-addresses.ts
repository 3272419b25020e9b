import { createHash } from 'node:crypto';
import { GetCommand, PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { timestampOf, type Clock } from '../platform/clock.ts';

// Addresses that mails came back from, or whose owners called them spam. One row each, beside the mails; it holds a
// digest, from which nobody reads an address. It stays until somebody takes it away (docs/runbook.md): whoever changes
// their address has another one.

/** Why nothing is sent to an address any more. */
export type Undeliverable = 'bounced' | 'complained';

interface MarksOptions {
  readonly documents: DynamoDBDocumentClient;
  readonly mailsTable: string;
}

/** Harmless when repeated. */
export type MarkAddress = (address: string, why: Undeliverable) => Promise<void>;

export function addressMarker({ documents, mailsTable, clock }: MarksOptions & { readonly clock: Clock }): MarkAddress {
  return async (address, why) => {
    const Item = { eventId: keyOf(address), state: 'UNDELIVERABLE', why, since: timestampOf(clock) };
    await documents.send(new PutCommand({ TableName: mailsTable, Item }));
  };
}

export type IsUndeliverable = (address: string) => Promise<boolean>;

export function addressMarks({ documents, mailsTable }: MarksOptions): IsUndeliverable {
  return async (address) => {
    const Key = { eventId: keyOf(address) };
    const { Item } = await documents.send(new GetCommand({ TableName: mailsTable, Key, ConsistentRead: true }));
    return Item !== undefined;
  };
}

/** No event has such an id. Capitals do not tell mailboxes apart, in practice if not in RFC 5321. */
function keyOf(address: string): string {
  return `undeliverable#${createHash('sha256').update(address.trim().toLowerCase()).digest('hex')}`;
}
