import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { OrderCancelled } from '../../events/order-cancelled.ts';
import { MAX_LINES, type CancellationReason, type OrderId } from '../../events/vocabulary.ts';
import { TransactionConflict } from '../platform/errors.ts';
import { ConditionsFailed, transact, type TransactionItem } from '../platform/transaction.ts';
import { soundRow } from '../platform/sound-rows.ts';
import type { BasketTable } from './basket-table.ts';
import { currencyOf, type Basket, type BasketLine } from './basket.ts';
import { listedProducts } from './current-products.ts';

/** Reasons for which the customer did not want the order any more, or the shop did not want to sell it. */
const GIVEN_UP: ReadonlySet<CancellationReason> = new Set(['CANCELLED_BY_CUSTOMER', 'CANCELLED_BY_SHOP']);

/** DynamoDB deletes late, so what remembers a restoration outlives the contact without which there is none. */
const REMEMBERED_BEYOND_CONTACT_SECONDS = 30 * 24 * 60 * 60;

const OrderContact = z.object({ customerId: z.string(), expiresAtEpochSeconds: z.int() });
type OrderContact = z.infer<typeof OrderContact>;

const MAX_ROUNDS = 5;

export type Restored = 'restored' | 'nothingToRestore' | 'restoredBefore' | 'notFromBasket';

export interface BasketRestorationOptions {
  readonly documents: DynamoDBDocumentClient;
  readonly basketsTable: string;
  readonly orderContactsTable: string;
  readonly baskets: BasketTable;
  readonly productsTable: string;
}

/**
 * Puts what an order took out of a basket back into it, when the order came to nothing against its customer's will.
 *
 * R1  Once for each order: what remembers it is written in the transaction of the lines.
 * R2  What the customer has put into the basket since stands. Only what is not there comes back, as far as it fits in,
 *     and at the price of now.
 */
export class BasketRestoration {
  readonly #options: BasketRestorationOptions;

  constructor(options: BasketRestorationOptions) {
    this.#options = options;
  }

  /** Repeating it is harmless. @throws TransactionConflict (transient) when other writers kept getting ahead. */
  async restore(event: OrderCancelled): Promise<Restored> {
    const { orderId, customerId, reason, lines = [] } = event;
    if (GIVEN_UP.has(reason)) return 'nothingToRestore';
    const contact = await this.#contactOf(orderId);
    if (contact?.customerId !== customerId) return 'notFromBasket';
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const outcome = await this.#tryOnce(event, contact, lines);
      if (outcome !== 'changed') return outcome;
    }
    throw new TransactionConflict(`The basket changed under each of ${MAX_ROUNDS} attempts`);
  }

  async #tryOnce(
    { orderId }: OrderCancelled,
    contact: OrderContact,
    ordered: NonNullable<OrderCancelled['lines']>,
  ): Promise<Restored | 'changed'> {
    const { baskets, documents } = this.#options;
    const basket = await baskets.read(contact.customerId);
    const put = fitting(basket, await this.#currentLines(ordered));
    if (put.length === 0) return 'nothingToRestore';
    try {
      await transact(documents, [this.#remember(orderId, contact), ...baskets.editItems(basket, { put })]);
      return 'restored';
    } catch (error) {
      if (!(error instanceof ConditionsFailed)) throw error;
      return error.failures.some(({ index }) => index === 0) ? 'restoredBefore' : 'changed';
    }
  }

  /** What is still for sale. */
  async #currentLines(ordered: NonNullable<OrderCancelled['lines']>): Promise<BasketLine[]> {
    const { documents, productsTable } = this.#options;
    const skus = ordered.map(({ sku }) => sku);
    const products = await listedProducts(documents, productsTable, skus);
    return ordered.flatMap(({ sku, quantity }) => {
      const product = products.get(sku);
      if (product === undefined) return [];
      const { name, currency, priceMinor: unitPriceMinor, version: productVersion } = product;
      return [{ sku, name, quantity, unitPriceMinor, currency, productVersion }];
    });
  }

  /** Checkout leaves the person behind the order. Other systems put orders on the bus that never were in a basket. */
  async #contactOf(orderId: OrderId): Promise<OrderContact | undefined> {
    const { documents, orderContactsTable } = this.#options;
    const { Item } = await documents.send(new GetCommand({ TableName: orderContactsTable, Key: { orderId } }));
    return Item === undefined ? undefined : soundRow(OrderContact, Item);
  }

  #remember(orderId: OrderId, { customerId, expiresAtEpochSeconds: contactUntil }: OrderContact): TransactionItem {
    const expiresAtEpochSeconds = contactUntil + REMEMBERED_BEYOND_CONTACT_SECONDS;
    return {
      Put: {
        TableName: this.#options.basketsTable,
        Item: { customerId, item: `RESTORED#${orderId}`, expiresAtEpochSeconds },
        ConditionExpression: 'attribute_not_exists(customerId)',
      },
    };
  }
}

/** A basket has one currency, and room for so many lines. */
function fitting(basket: Basket, lines: readonly BasketLine[]): BasketLine[] {
  const currency = currencyOf(basket) ?? lines[0]?.currency;
  const present = new Set(basket.lines.map(({ sku }) => sku));
  const missing = lines.filter((line) => line.currency === currency && !present.has(line.sku));
  return missing.slice(0, Math.max(0, MAX_LINES - basket.lines.length));
}
