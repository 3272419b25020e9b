import {
  GetCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { eventIdOf } from '../../events/define-event.ts';
import { expectedInstead, priceProblem } from '../../events/money.ts';
import { ProductPriceChanged } from '../../events/product-price-changed.ts';
import type { Sku } from '../../events/vocabulary.ts';
import { timestampOf, type Clock } from '../platform/clock.ts';
import { isErrorNamed, TransactionConflict } from '../platform/errors.ts';
import type { PageKey } from '../platform/http/cursor.ts';
import { isExpected, type ExpectedVersions } from '../platform/http/entity-tag.ts';
import { ProblemError } from '../platform/http/problem.ts';
import { outboxPut } from '../platform/outbox.ts';
import { ConditionsFailed, transact, type TransactionItem } from '../platform/transaction.ts';
import type { ProductChange, ProductDraft } from './catalog-routes.ts';
import { isListed, ProductRecord } from './product.ts';
import { soundRows, wholeRow } from '../platform/sound-rows.ts';

/** Against others who change the same product. */
const MAX_ROUNDS = 3;

/** One page of a listing. */
export interface ProductPage {
  readonly products: readonly ProductRecord[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: PageKey | undefined;
}

/**
 * The products of the shop.
 *
 * C1  Every write is conditional on the version before; versions of one product only grow, over deletion too.
 * C2  A new price and its event are one transaction.
 * C3  Whatever is for sale is in CategoryIndex, and nothing else.
 */
export class ProductCatalog {
  readonly #documents: DynamoDBDocumentClient;
  readonly #productsTable: string;
  readonly #outboxTable: string;
  readonly #clock: Clock;

  constructor(options: {
    documents: DynamoDBDocumentClient;
    productsTable: string;
    outboxTable: string;
    clock: Clock;
  }) {
    this.#documents = options.documents;
    this.#productsTable = options.productsTable;
    this.#outboxTable = options.outboxTable;
    this.#clock = options.clock;
  }

  /** Products for sale, of one category in the order of their SKUs, or of all in no particular order. */
  async list(category: string | undefined, limit: number, after: PageKey | undefined): Promise<ProductPage> {
    const page = {
      TableName: this.#productsTable,
      IndexName: 'CategoryIndex',
      Limit: limit + 1, // one more tells whether anything follows
      ExclusiveStartKey: after,
    };
    const { Items = [], LastEvaluatedKey: next } = await this.#documents.send(
      category === undefined
        ? new ScanCommand(page)
        : new QueryCommand({
            ...page,
            KeyConditionExpression: 'listedCategory = :category',
            ExpressionAttributeValues: { ':category': category },
          }),
    );
    const products = soundRows(ProductRecord, Items.slice(0, limit));
    return { products, next: Items.length > limit ? indexKeyOf(Items[limit - 1]) : next };
  }

  /** @throws ProblemError PRODUCT_NOT_FOUND when it is not for sale. */
  async find(sku: Sku): Promise<ProductRecord> {
    return listed(await this.#get(sku, false));
  }

  /**
   * @throws ProblemError PRODUCT_EXISTS, CURRENCY_FIXED when it once existed with another currency, or what keeps its
   * price from being charged.
   */
  async create(draft: ProductDraft, correlationId: string): Promise<ProductRecord> {
    refuseUnchargeable(draft);
    const previous = await this.#get(draft.sku, true);
    if (previous !== undefined && isListed(previous)) throw new ProblemError('PRODUCT_EXISTS');
    if (previous !== undefined && previous.currency !== draft.currency) {
      throw new ProblemError('CURRENCY_FIXED', { detail: `Its currency is ${previous.currency}` });
    }
    return this.#write(previous, draft, correlationId, 'PRODUCT_EXISTS');
  }

  /**
   * Replaces the current version, if it is an expected one.
   * @throws ProblemError PRODUCT_NOT_FOUND, VERSION_MISMATCH, or what keeps its price from being charged.
   */
  async update(
    sku: Sku,
    change: ProductChange,
    expected: ExpectedVersions,
    correlationId: string,
  ): Promise<ProductRecord> {
    const previous = listed(await this.#get(sku, true));
    if (!isExpected(previous.version, expected)) throw versionMismatch(previous.version);
    const { currency } = previous;
    refuseUnchargeable({ ...change, currency });
    return this.#write(previous, { sku, ...change, currency }, correlationId, 'VERSION_MISMATCH');
  }

  /**
   * Takes it off sale; done already is done.
   * @throws ProblemError PRODUCT_NOT_FOUND when it never existed, VERSION_MISMATCH when it is not as expected.
   */
  async remove(sku: Sku, expected: ExpectedVersions = 'any'): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const previous = await this.#get(sku, true);
      if (previous === undefined) throw new ProblemError('PRODUCT_NOT_FOUND');
      if (!isExpected(previous.version, expected)) throw versionMismatch(previous.version);
      if (!isListed(previous) || (await this.#isDelisted(previous))) return;
    }
    throw new TransactionConflict(`Product ${sku} changed under each of ${MAX_ROUNDS} attempts to take it off sale`);
  }

  /** False when somebody else has changed it since. */
  async #isDelisted({ sku, version }: ProductRecord): Promise<boolean> {
    try {
      await this.#documents.send(
        new UpdateCommand({
          TableName: this.#productsTable,
          Key: { sku },
          UpdateExpression: 'SET deletedAt = :at, updatedAt = :at, version = :next REMOVE listedCategory',
          ConditionExpression: 'version = :version',
          ExpressionAttributeValues: { ':at': timestampOf(this.#clock), ':version': version, ':next': version + 1 },
        }),
      );
      return true;
    } catch (error) {
      if (isErrorNamed(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  }

  async #get(sku: Sku, consistently: boolean): Promise<ProductRecord | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#productsTable, Key: { sku }, ConsistentRead: consistently }),
    );
    return Item === undefined ? undefined : wholeRow(ProductRecord, Item);
  }

  async #write(
    previous: ProductRecord | undefined,
    content: ProductDraft,
    correlationId: string,
    onConflict: 'PRODUCT_EXISTS' | 'VERSION_MISMATCH',
  ): Promise<ProductRecord> {
    const next: ProductRecord = {
      ...content,
      listedCategory: content.category,
      version: (previous?.version ?? 0) + 1,
      updatedAt: timestampOf(this.#clock),
    };
    try {
      await transact(this.#documents, [this.#put(previous, next), ...this.#priceChange(previous, next, correlationId)]);
    } catch (error) {
      if (error instanceof ConditionsFailed) throw new ProblemError(onConflict, {}, { cause: error });
      throw error;
    }
    return next;
  }

  #put(previous: ProductRecord | undefined, next: ProductRecord): TransactionItem {
    const isNew = { ConditionExpression: 'attribute_not_exists(sku)' };
    const follows = {
      ConditionExpression: 'version = :version',
      ExpressionAttributeValues: { ':version': previous?.version },
    };
    return { Put: { TableName: this.#productsTable, Item: next, ...(previous === undefined ? isNew : follows) } };
  }

  /** Baskets may hold the product at its old price, also when it was off sale in between. */
  #priceChange(previous: ProductRecord | undefined, next: ProductRecord, correlationId: string): TransactionItem[] {
    if (previous === undefined || previous.priceMinor === next.priceMinor) return [];
    const { sku, priceMinor, currency, version, updatedAt: changedAt } = next;
    const detail: ProductPriceChanged = {
      eventId: eventIdOf(ProductPriceChanged, sku, String(version)),
      schemaVersion: 1,
      correlationId,
      sku,
      priceMinor,
      previousPriceMinor: previous.priceMinor,
      currency,
      version,
      changedAt,
    };
    return [outboxPut(this.#outboxTable, ProductPriceChanged, detail, changedAt)];
  }
}

/** Where the product stands in CategoryIndex. */
function indexKeyOf(row: Readonly<Record<string, unknown>> | undefined): PageKey | undefined {
  return row && { sku: row['sku'], listedCategory: row['listedCategory'] };
}

function listed(product: ProductRecord | undefined): ProductRecord {
  if (product === undefined || !isListed(product)) throw new ProblemError('PRODUCT_NOT_FOUND');
  return product;
}

function versionMismatch(version: number): ProblemError {
  return new ProblemError('VERSION_MISMATCH', {
    detail: `The product is at version ${version} now`,
    facts: { version },
  });
}

function refuseUnchargeable({ priceMinor, currency }: Pick<ProductDraft, 'priceMinor' | 'currency'>): void {
  const problem = priceProblem(priceMinor, currency);
  if (problem !== undefined) throw new ProblemError(problem, { detail: expectedInstead(problem, currency) });
}
