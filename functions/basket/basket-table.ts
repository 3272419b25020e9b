import { DeleteCommand, GetCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Sku } from '../../events/vocabulary.ts';
import { TransactionConflict } from '../platform/errors.ts';
import { ProblemError } from '../platform/http/problem.ts';
import { queryAll } from '../platform/query-all.ts';
import { ConditionsFailed, transact, type TransactionItem } from '../platform/transaction.ts';
import { BasketLine, type Basket } from './basket.ts';
import { CheckoutHour } from './checkout-limit.ts';
import { soundRow, soundRows } from '../platform/sound-rows.ts';

/** Sort key of the row that counts the changes of a basket. */
const BASKET_ITEM = 'BASKET';
const LINE_PREFIX = 'LINE#';
/** Of what a checkout leaves to remember its key. */
export const CHECKOUT_PREFIX = 'CHECKOUT#';

/** What the row that counts the changes says beside their number. */
const Counter = z.object({ hour: CheckoutHour.optional(), erasedAt: z.string().optional() });

/** What changes in a basket. */
export interface BasketEdit {
  readonly put?: readonly BasketLine[];
  readonly remove?: readonly Sku[];
  /** After a checkout; as it was unless told. */
  readonly hour?: CheckoutHour;
}

/** A price that holds from a version of the product on. */
export interface NewPrice {
  readonly sku: Sku;
  readonly priceMinor: number;
  readonly productVersion: number;
}

const MAX_ROUNDS = 5;
/** Longer than any token lives: a day is the most that a user pool allows (UserPoolClient, AccessTokenValidity). */
const CLOSED_SECONDS = 2 * 24 * 60 * 60;

/**
 * The rows of baskets: one that counts changes, one for each line.
 *
 * B1  Whoever changes which lines there are, or how many units, raises the version in the same transaction, under the
 *     condition of the version that was read: of two changes one decides again.
 * B2  The version is read before the lines. Lines of a later state than the version then fail the condition; lines
 *     read first could be older than the version that is trusted.
 * B3  A new price is no change by the customer and leaves the version alone: one price change would otherwise stop
 *     the checkouts of everybody who has the product, and checkout takes its prices from the catalogue anyway.
 * B4  A closed basket changes no more: its customer was erased, and a token of theirs may be good for a while.
 */
export class BasketTable {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(options: { documents: DynamoDBDocumentClient; tableName: string }) {
    this.#documents = options.documents;
    this.#tableName = options.tableName;
  }

  /** The basket as it stands. @throws ProblemError ACCOUNT_ERASED when it is closed. */
  async read(customerId: string): Promise<Basket> {
    const TableName = this.#tableName;
    const { Item: counter } = await this.#documents.send(
      new GetCommand({ TableName, Key: { customerId, item: BASKET_ITEM }, ConsistentRead: true }),
    );
    const { Items: rows = [] } = await this.#documents.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'customerId = :customer AND begins_with(#item, :line)',
        ExpressionAttributeNames: { '#item': 'item' },
        ExpressionAttributeValues: { ':customer': customerId, ':line': LINE_PREFIX },
        ConsistentRead: true,
      }),
    );
    const version = (counter?.['version'] as number | undefined) ?? 0;
    const { hour, erasedAt } = soundRow(Counter, counter ?? {}) ?? {};
    if (erasedAt !== undefined) throw new ProblemError('ACCOUNT_ERASED');
    return { customerId, version, lines: soundRows(BasketLine, rows), hour };
  }

  /**
   * Makes the change that `decide` asks for, or none when it answers undefined. It may be asked several times.
   * @throws TransactionConflict (transient) when other writers kept getting ahead.
   */
  async change(customerId: string, decide: (basket: Basket) => BasketEdit | undefined): Promise<Basket> {
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const basket = await this.read(customerId);
      const edit = decide(basket);
      if (edit === undefined) return basket;
      try {
        await transact(this.#documents, this.editItems(basket, edit));
        return edited(basket, edit);
      } catch (error) {
        if (!(error instanceof ConditionsFailed)) throw error;
      }
    }
    throw new TransactionConflict(`The basket changed under each of ${MAX_ROUNDS} attempts`);
  }

  /** The change as items of a transaction; the first one carries the condition that the basket is as it was read. */
  editItems(basket: Basket, { put = [], remove = [], hour = basket.hour }: BasketEdit): TransactionItem[] {
    const { customerId } = basket;
    const TableName = this.#tableName;
    return [
      this.#counted(basket, { hour }),
      ...put.map((line) => ({ Put: { TableName, Item: { customerId, item: `${LINE_PREFIX}${line.sku}`, ...line } } })),
      ...remove.map((sku) => ({ Delete: { TableName, Key: { customerId, item: `${LINE_PREFIX}${sku}` } } })),
    ];
  }

  /** Closes the basket as it was read (B4), until nobody can have a token of its customer any more. */
  closing(basket: Basket, erasedAt: Date): TransactionItem {
    const expiresAtEpochSeconds = Math.floor(erasedAt.getTime() / 1000) + CLOSED_SECONDS;
    return this.#counted(basket, { erasedAt: erasedAt.toISOString(), expiresAtEpochSeconds });
  }

  /** The orders that the customer checked out within the time for which a key is remembered; strongly consistent. */
  async checkoutsOf(customerId: string): Promise<string[]> {
    const rows = await this.#rowsOf(customerId);
    return rows.filter(({ item }) => String(item).startsWith(CHECKOUT_PREFIX)).map((row) => String(row['orderId']));
  }

  /** Deletes whatever there is of a closed basket, but what closes it. */
  async empty(customerId: string): Promise<void> {
    const rows = await this.#rowsOf(customerId);
    for (const { item } of rows.filter((row) => row['item'] !== BASKET_ITEM)) {
      await this.#documents.send(new DeleteCommand({ TableName: this.#tableName, Key: { customerId, item } }));
    }
  }

  /** One page of the customers who have the product in their basket. */
  async holdersOf(
    sku: Sku,
    after?: Readonly<Record<string, unknown>>,
  ): Promise<{ customerIds: readonly string[]; next: Readonly<Record<string, unknown>> | undefined }> {
    const { Items = [], LastEvaluatedKey: next } = await this.#documents.send(
      new QueryCommand({
        TableName: this.#tableName,
        IndexName: 'SkuIndex',
        KeyConditionExpression: 'sku = :sku',
        ExpressionAttributeValues: { ':sku': sku },
        ExclusiveStartKey: after,
      }),
    );
    return { customerIds: Items.map((row) => String(row['customerId'])), next };
  }

  /** The row that counts, one change on, under the condition that the basket is as it was read. */
  #counted({ customerId, version }: Basket, facts: Readonly<Record<string, unknown>>): TransactionItem {
    const isAsRead =
      version === 0
        ? { ConditionExpression: 'attribute_not_exists(customerId)' }
        : { ConditionExpression: 'version = :version', ExpressionAttributeValues: { ':version': version } };
    const Item = { customerId, item: BASKET_ITEM, version: version + 1, ...facts };
    return { Put: { TableName: this.#tableName, Item, ...isAsRead } };
  }

  async #rowsOf(customerId: string): Promise<Record<string, unknown>[]> {
    return queryAll(this.#documents, {
      TableName: this.#tableName,
      KeyConditionExpression: 'customerId = :customer',
      ExpressionAttributeValues: { ':customer': customerId },
      ConsistentRead: true,
    });
  }

  /** Gives the line its new price; false when it is gone, or has this price or a later one. */
  async reprice(customerId: string, { sku, priceMinor, productVersion }: NewPrice): Promise<boolean> {
    try {
      // A transaction of one, because it waits out the customer's own changes of the row.
      await transact(this.#documents, [
        {
          Update: {
            TableName: this.#tableName,
            Key: { customerId, item: `${LINE_PREFIX}${sku}` },
            UpdateExpression: 'SET unitPriceMinor = :price, productVersion = :version',
            ConditionExpression: 'attribute_exists(sku) AND productVersion < :version',
            ExpressionAttributeValues: { ':price': priceMinor, ':version': productVersion },
          },
        },
      ]);
      return true;
    } catch (error) {
      if (error instanceof ConditionsFailed) return false;
      throw error;
    }
  }
}

function edited(basket: Basket, { put = [], remove = [], hour = basket.hour }: BasketEdit): Basket {
  const { customerId, version, lines } = basket;
  const gone = new Set([...remove, ...put.map(({ sku }) => sku)]);
  const kept = lines.filter(({ sku }) => !gone.has(sku));
  return {
    customerId,
    version: version + 1,
    lines: [...kept, ...put].toSorted((a, b) => (a.sku < b.sku ? -1 : 1)),
    hour,
  };
}
