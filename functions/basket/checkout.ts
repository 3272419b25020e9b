import { createHash } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import * as z from 'zod';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { canonicalHash } from '../../events/canonical-json.ts';
import { OrderId, type Sku } from '../../events/vocabulary.ts';
import type { Row } from '../platform/batch-get.ts';
import type { Clock } from '../platform/clock.ts';
import { isErrorNamed } from '../platform/errors.ts';
import type { ExpectedVersions } from '../platform/http/entity-tag.ts';
import { ProblemError } from '../platform/http/problem.ts';
import { outboxPut } from '../platform/outbox.ts';
import { wholeRow } from '../platform/sound-rows.ts';
import { ConditionsFailed, getSettled, transact, type TransactionItem } from '../platform/transaction.ts';
import { basketChanged, ifExpected } from './basket-changes.ts';
import type { CheckoutRequest } from './basket-routes.ts';
import { CHECKOUT_PREFIX, type BasketTable } from './basket-table.ts';
import type { Basket } from './basket.ts';
import { oneMore } from './checkout-limit.ts';
import type { CurrentProducts } from './current-products.ts';
import { orderCommand } from './order-command.ts';

/** One attempt to check out, as the customer made it. */
export interface CheckoutAttempt {
  readonly customerId: string;
  readonly request: CheckoutRequest;
  /** Of which version the basket must be; `request.basketVersion` may demand one too. */
  readonly expected?: ExpectedVersions | undefined;
  readonly idempotencyKey: string;
  readonly correlationId: string;
}

/** What remembers a checkout under its Idempotency-Key. */
const CheckoutRecord = z.object({ orderId: OrderId, bodyHash: z.string(), expiresAtEpochSeconds: z.int() });
type CheckoutRecord = z.infer<typeof CheckoutRecord>;

/** How long an Idempotency-Key is remembered, in seconds. */
const KEPT_SECONDS = 30 * 24 * 60 * 60;
const DAY_SECONDS = 24 * 60 * 60;
const MAX_ROUNDS = 3;

export interface CheckoutOptions {
  readonly documents: DynamoDBDocumentClient;
  readonly basketsTable: string;
  readonly orderContactsTable: string;
  readonly outboxTable: string;
  readonly baskets: BasketTable;
  readonly products: CurrentProducts;
  readonly clock: Clock;
  /** What one customer may order. */
  readonly checkoutsAnHour: number;
  /** How long the name and address of an order are kept. */
  readonly contactsKeptDays: number;
}

/**
 * Turns a basket into an order command.
 *
 * K1  One transaction takes the lines out under the condition of the version that was read, remembers the
 *     Idempotency-Key, puts the personal data where alone it may be, and writes the event: all or nothing.
 * K2  The remembered key is the truth about a repeated request. Powertools' idempotency would cost two more writes
 *     and could still not be believed alone, because it is written before and after the transaction, not with it.
 * K3  No request is refused before it is known that it did not succeed earlier: its basket is empty *because* it did.
 * K4  Every attempt has an order id of its own; only that of the attempt that committed was ever told to anybody.
 */
export class Checkout {
  readonly #options: CheckoutOptions;

  constructor(options: CheckoutOptions) {
    this.#options = options;
  }

  /**
   * The order that this attempt, or an earlier one with the same key, made.
   * @throws ProblemError saying what changed, when nothing was taken.
   */
  async place(attempt: CheckoutAttempt): Promise<OrderId> {
    for (let round = 1; ; round += 1) {
      const outcome = await this.#tryOnce(attempt).catch(refusalIn);
      if (typeof outcome === 'string') return outcome;
      const earlier = await this.#earlier(attempt);
      if (earlier !== undefined) return acceptSame(earlier, attempt);
      if (outcome instanceof ConditionsFailed) throw await this.#basketChanged(attempt);
      if (outcome instanceof ProblemError || round === MAX_ROUNDS) throw outcome;
    }
  }

  async #tryOnce(attempt: CheckoutAttempt): Promise<OrderId> {
    const { baskets, products, clock, documents } = this.#options;
    const now = clock.now();
    const orderId = OrderId.parse(ulid(now.getTime()));
    const { request, correlationId } = attempt;
    const basket = withoutLines(
      requireExpected(attempt, await baskets.read(attempt.customerId)),
      request.leaveOut ?? [],
    );
    const current = await products.listed(basket.lines.map(({ sku }) => sku));
    try {
      const facts = { basket, products: current, request, orderId, correlationId, placedAt: now.toISOString() };
      await transact(documents, this.#items(attempt, basket, orderCommand(facts)));
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'PRICE_CHANGED') await this.#reprice(basket, current);
      throw error;
    }
    return orderId;
  }

  #items(attempt: CheckoutAttempt, basket: Basket, command: BasketCheckedOut): TransactionItem[] {
    const { basketsTable, orderContactsTable, outboxTable, baskets, checkoutsAnHour } = this.#options;
    const { request } = attempt;
    const { orderId, placedAt } = command;
    const nowSeconds = Math.floor(Date.parse(placedAt) / 1000);
    const record: CheckoutRecord = {
      orderId,
      bodyHash: canonicalHash(request),
      expiresAtEpochSeconds: nowSeconds + KEPT_SECONDS,
    };
    const hour = oneMore(basket.hour, nowSeconds, checkoutsAnHour);
    return [
      ...baskets.editItems(basket, { remove: basket.lines.map(({ sku }) => sku), hour }),
      {
        Put: {
          TableName: basketsTable,
          Item: { ...checkoutKey(attempt), ...record, at: placedAt },
          // DynamoDB deletes late: a record that has expired is as good as none.
          ConditionExpression: 'attribute_not_exists(customerId) OR expiresAtEpochSeconds <= :now',
          ExpressionAttributeValues: { ':now': nowSeconds },
        },
      },
      {
        Put: {
          TableName: orderContactsTable,
          Item: this.#contact(attempt, command),
          ConditionExpression: 'attribute_not_exists(orderId)',
        },
      },
      outboxPut(outboxTable, BasketCheckedOut, command, placedAt),
    ];
  }

  /** The person behind the order. DynamoDB deletes it by itself when its time is over. */
  #contact({ customerId, request }: CheckoutAttempt, { orderId, placedAt }: BasketCheckedOut): Row {
    const { email, shippingAddress } = request;
    const keptSeconds = this.#options.contactsKeptDays * DAY_SECONDS;
    const expiresAtEpochSeconds = Math.floor(Date.parse(placedAt) / 1000) + keptSeconds;
    return { orderId, customerId, email, shippingAddress, createdAt: placedAt, expiresAtEpochSeconds };
  }

  /**
   * What an attempt with the same key made. One that is still being written is waited for: a plain read might not see
   * its record yet, although the basket that this attempt saw was emptied by it already.
   */
  async #earlier(attempt: CheckoutAttempt): Promise<CheckoutRecord | undefined> {
    const { documents, basketsTable, clock } = this.#options;
    const row = await getSettled(documents, basketsTable, checkoutKey(attempt));
    const record = row === undefined ? undefined : wholeRow(CheckoutRecord, row);
    return record !== undefined && record.expiresAtEpochSeconds * 1000 > clock.now().getTime() ? record : undefined;
  }

  async #basketChanged({ customerId, request, expected = 'any' }: CheckoutAttempt): Promise<ProblemError> {
    const { basketVersion } = request;
    const basket = await this.#options.baskets.read(customerId);
    return basketChanged(basket, basketVersion === undefined ? expected : [basketVersion]);
  }

  /** The event of the new price is on its way; the customer looks at the basket now. */
  async #reprice(basket: Basket, current: Awaited<ReturnType<CurrentProducts['listed']>>): Promise<void> {
    const { baskets } = this.#options;
    const outdated = basket.lines.flatMap(({ sku, productVersion }) => {
      const product = current.get(sku);
      return product !== undefined && product.version > productVersion ? [product] : [];
    });
    await Promise.all(
      outdated.map(({ sku, priceMinor, version }) =>
        baskets.reprice(basket.customerId, { sku, priceMinor, productVersion: version }),
      ),
    );
  }
}

/** @throws ProblemError BASKET_CHANGED: an equal total is not the same basket. */
function requireExpected({ request: { basketVersion }, expected }: CheckoutAttempt, basket: Basket): Basket {
  const asInBody = ifExpected(basketVersion === undefined ? 'any' : [basketVersion], (same: Basket) => same);
  return ifExpected(expected, asInBody)(basket);
}

/**
 * What is ordered of the basket.
 * @throws ProblemError BASKET_CHANGED: a line that is not there was not seen in this basket.
 */
function withoutLines(basket: Basket, skus: readonly Sku[]): Basket {
  const isLeftOut = ({ sku }: { readonly sku: Sku }): boolean => skus.includes(sku);
  if (basket.lines.filter(isLeftOut).length < skus.length) throw basketChanged(basket, 'any');
  return { ...basket, lines: basket.lines.filter((line) => !isLeftOut(line)) };
}

function checkoutKey({ customerId, idempotencyKey }: CheckoutAttempt): { customerId: string; item: string } {
  return { customerId, item: `${CHECKOUT_PREFIX}${createHash('sha256').update(idempotencyKey).digest('hex')}` };
}

/** An error after which the attempt may turn out to have succeeded earlier; any other is thrown on. */
function refusalIn(error: unknown): Error {
  if (isErrorNamed(error, 'ProblemError', 'ConditionsFailed', 'TransactionConflict')) return error;
  throw error;
}

function acceptSame({ orderId, bodyHash }: CheckoutRecord, { request }: CheckoutAttempt): OrderId {
  if (bodyHash !== canonicalHash(request)) throw new ProblemError('IDEMPOTENCY_MISMATCH');
  return orderId;
}
