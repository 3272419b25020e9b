import { createHash } from 'node:crypto';
import type { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expiryAfter, timestampOf, type Clock } from '../../platform/clock.ts';
import { isErrorNamed } from '../../platform/errors.ts';
import type { ProviderEvent } from './webhook-event.ts';

/** What became of a provider's event. RECEIVED: stored, not worked through yet. PARKED: a person should look. */
export type InboxOutcome =
  | { readonly state: 'MATCHED'; readonly orderId: string }
  | { readonly state: 'UNMATCHED'; readonly reason: 'UNKNOWN_INTENT' | 'NO_PAYMENT' | 'UNUSED_TYPE' }
  | {
      readonly state: 'PARKED';
      readonly reason: 'ORDER_MISMATCH' | 'AMOUNT_MISMATCH' | 'CHARGED_BEFORE_ORDER';
      readonly orderId?: string;
    };

/** How the event stands in the inbox once it is received. */
type Receipt = 'unfinished' | 'storedWithOutcome' | 'finishedBefore';

/** Keys of rows that say how far a list of the provider's events was followed. No event's id has a dash. */
export type FollowedPosition = 'followed-until' | 'undelivered-until';

/** An event's id at the provider, which names nobody. */
const EVENT_ID = /\bevt_[A-Za-z0-9]{8,64}\b/;

/**
 * The authentic events of the provider that said something new, or that nobody here understood. Only ids are kept,
 * because a body may hold personal data; the intent is fetched instead.
 */
export class WebhookInbox {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #clock: Clock;
  readonly #keptDays: number;

  /** @param options.keptDays how long an event is remembered once it is worked through. */
  constructor(options: { documents: DynamoDBDocumentClient; inboxTable: string; clock: Clock; keptDays: number }) {
    this.#documents = options.documents;
    this.#table = options.inboxTable;
    this.#clock = options.clock;
    this.#keptDays = options.keptDays;
  }

  /**
   * Stores the event, with its outcome where that is known already. `finishedBefore` when an earlier copy was worked
   * through; `unfinished` also when one was begun and not ended.
   */
  async receive({ id, type, paymentIntentId, orderId }: ProviderEvent, outcome?: InboxOutcome): Promise<Receipt> {
    const event = { providerEventId: id, type, paymentIntentId, claimedOrderId: orderId };
    const worked = outcome && this.#worked(outcome);
    const refused = await this.#insert({ ...event, ...worked });
    if (refused === undefined && outcome) return 'storedWithOutcome';
    return refused === undefined || refused.Item?.['state']?.S === 'RECEIVED' ? 'unfinished' : 'finishedBefore';
  }

  async finish(providerEventId: string, outcome: InboxOutcome): Promise<void> {
    const fields = Object.entries(this.#worked(outcome));
    await this.#documents.send(
      new UpdateCommand({
        TableName: this.#table,
        Key: { providerEventId },
        UpdateExpression: `SET ${fields.map(([name]) => `#${name} = :${name}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(fields.map(([name]) => [`#${name}`, name])),
        ExpressionAttributeValues: Object.fromEntries(fields.map(([name, value]) => [`:${name}`, value])),
      }),
    );
  }

  /** Whether the event was worked through. */
  async isFinished(providerEventId: string): Promise<boolean> {
    const row = await this.#find(providerEventId);
    return row !== undefined && row['state'] !== 'RECEIVED';
  }

  /** Until when that list of the provider's events was worked through; undefined before the first time. */
  async followedUntil(position: FollowedPosition): Promise<Date | undefined> {
    const row = await this.#find(position);
    return row === undefined ? undefined : new Date(String(row['until']));
  }

  async followed(position: FollowedPosition, until: Date): Promise<void> {
    const Item = { providerEventId: position, state: 'FOLLOWED', until: until.toISOString() };
    await this.#documents.send(new PutCommand({ TableName: this.#table, Item }));
  }

  async #find(providerEventId: string): Promise<Record<string, unknown> | undefined> {
    const request = { TableName: this.#table, Key: { providerEventId }, ConsistentRead: true };
    return (await this.#documents.send(new GetCommand(request))).Item;
  }

  /**
   * Keeps that there was an authentic body that nobody can read, under a name that follows from it. Not the body: it may
   * hold anybody's name and address. The provider shows it, by its id or by its time.
   */
  async keepUnreadable(rawBody: Buffer): Promise<void> {
    const providerEventId = `unreadable:${createHash('sha256').update(rawBody).digest('hex')}`;
    const facts = { bytes: rawBody.length, claimedEventId: EVENT_ID.exec(rawBody.toString('utf8'))?.[0] };
    const expiresAtEpochSeconds = expiryAfter(this.#clock, this.#keptDays);
    await this.#insert({ providerEventId, state: 'UNMATCHED', reason: 'UNREADABLE', ...facts, expiresAtEpochSeconds });
  }

  /** What is not worked through yet stays, however old it is. */
  #worked(outcome: InboxOutcome) {
    const expiresAtEpochSeconds = expiryAfter(this.#clock, this.#keptDays);
    return { ...outcome, processedAt: timestampOf(this.#clock), expiresAtEpochSeconds };
  }

  /** The refusal when the row stands already. */
  async #insert(row: Readonly<Record<string, unknown>>): Promise<ConditionalCheckFailedException | undefined> {
    try {
      await this.#documents.send(
        new PutCommand({
          TableName: this.#table,
          Item: { state: 'RECEIVED', receivedAt: timestampOf(this.#clock), ...row },
          ConditionExpression: 'attribute_not_exists(providerEventId)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (error) {
      if (isErrorNamed(error, 'ConditionalCheckFailedException')) return error as ConditionalCheckFailedException;
      throw error;
    }
  }
}
