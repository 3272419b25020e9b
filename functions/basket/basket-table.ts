import { GetCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Sku } from '../../events/vocabulary.ts';
import { TransactionConflict } from '../platform/errors.ts';
import { ConditionsFailed, transact, type TransactionItem } from '../platform/transaction.ts';
import { BasketLine, type Basket } from './basket.ts';
import { CheckoutHour } from './checkout-limit.ts';
import { soundRow, soundRows } from '../platform/sound-rows.ts';

/** Sort key of the row that counts the changes of a basket. */
const BASKET_ITEM = 'BASKET';
const LINE_PREFIX = 'LINE#';

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

/**
 * The rows of baskets: one that counts changes, one for each line.
 *
 * B1  Whoever changes which lines there are, or how many units, raises the version in the same transaction, under the
 *     condition of the version that was read: of two changes one decides again.
 * B2  The version is read before the lines. Lines of a later state than the version then fail the condition; lines
 *     read first could be older than the version that is trusted.
 * B3  A new price is no change by the customer and leaves the version alone: one price change would otherwise stop
 *     the checkouts of everybody who has the product, and checkout takes its prices from the catalogue anyway.
 */
export class BasketTable {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(options: { documents: DynamoDBDocumentClient; tableName: string }) {
    this.#documents = options.documents;
    this.#tableName = options.tableName;
  }

  /** The basket as it stands. */
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
    const hour = soundRow(z.object({ hour: CheckoutHour.optional() }), counter ?? {})?.hour;
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
    const { customerId, version } = basket;
    const TableName = this.#tableName;
    const isAsRead =
      version === 0
        ? { ConditionExpression: 'attribute_not_exists(customerId)' }
        : { ConditionExpression: 'version = :version', ExpressionAttributeValues: { ':version': version } };
    return [
      { Put: { TableName, Item: { customerId, item: BASKET_ITEM, version: version + 1, hour }, ...isAsRead } },
      ...put.map((line) => ({ Put: { TableName, Item: { customerId, item: `${LINE_PREFIX}${line.sku}`, ...line } } })),
      ...remove.map((sku) => ({ Delete: { TableName, Key: { customerId, item: `${LINE_PREFIX}${sku}` } } })),
    ];
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
