import type { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expiryAfter, timestampOf, type Clock } from '../platform/clock.ts';
import { isErrorNamed } from '../platform/errors.ts';
import type { OrderId } from '../../events/vocabulary.ts';

/** Which mail: there is one for each event. Nothing of it is personal. */
export interface MailKey {
  readonly eventId: string;
  readonly orderId: OrderId;
  /** Name of the event. */
  readonly kind: string;
}

/** Longer than the function may run (15 s), shorter than a message stays hidden after a failure (90 s). */
const CLAIM_MS = 30_000;

/** One row for each mail: claimed before it is sent, and marked as sent after. */
export class MailLog {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #clock: Clock;
  readonly #keptDays: number;

  /** @param options.keptDays how long a mail is remembered: longer than its order has a contact. */
  constructor(options: { documents: DynamoDBDocumentClient; mailsTable: string; clock: Clock; keptDays: number }) {
    this.#documents = options.documents;
    this.#table = options.mailsTable;
    this.#clock = options.clock;
    this.#keptDays = options.keptDays;
  }

  /** @returns `claimed`: the caller sends it. `busy`: another one is about to, or died a moment ago. */
  async claim(mail: MailKey): Promise<'claimed' | 'sent' | 'busy'> {
    const now = this.#clock.now().getTime();
    const expiresAtEpochSeconds = expiryAfter(this.#clock, this.#keptDays);
    try {
      await this.#documents.send(
        new PutCommand({
          TableName: this.#table,
          Item: { ...mail, state: 'SENDING', claimedUntilMs: now + CLAIM_MS, expiresAtEpochSeconds },
          ConditionExpression: 'attribute_not_exists(eventId) OR (#state = :sending AND claimedUntilMs < :now)',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':sending': 'SENDING', ':now': now },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return 'claimed';
    } catch (error) {
      if (!isErrorNamed(error, 'ConditionalCheckFailedException')) throw error;
      const { Item } = error as ConditionalCheckFailedException;
      return Item?.['state']?.S === 'SENT' ? 'sent' : 'busy';
    }
  }

  /** @param messageId as SES gave it. */
  async markSent({ eventId }: MailKey, messageId: string): Promise<void> {
    await this.#documents.send(
      new UpdateCommand({
        TableName: this.#table,
        Key: { eventId },
        UpdateExpression: 'SET #state = :sent, messageId = :messageId, sentAt = :at REMOVE claimedUntilMs',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':sent': 'SENT', ':messageId': messageId, ':at': timestampOf(this.#clock) },
      }),
    );
  }
}
