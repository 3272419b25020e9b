import { DeleteCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ORDER_STATUSES } from '../../events/vocabulary.ts';
import { lifecycleOfStatus, ORDER_ITEM } from '../orders/order-record.ts';
import { RETURN_ITEMS } from '../orders/returns/order-return.ts';
import { batchGet, type Row } from '../platform/batch-get.ts';
import { isErrorNamed, TransactionConflict } from '../platform/errors.ts';
import { queryAll } from '../platform/query-all.ts';
import { wholeRow } from '../platform/sound-rows.ts';
import { erasedIn, type EraseFrom } from './erased-text.ts';

/** Where operators write in their own words, by what the sort key of the row begins with. */
const FREE_TEXT: Readonly<Record<string, readonly string[]>> = {
  [RETURN_ITEMS]: ['reason'],
  'PARKED#': ['decisions', 'particulars'],
};

/** What of an order's row says whether it is finished; of any version. */
const Standing = z.object({
  status: z.enum(ORDER_STATUSES),
  returns: z.object({ open: z.string().optional() }).optional(),
});

/** Of a return, of any version. */
const ReturnedSkus = z.object({ lines: z.array(z.object({ sku: z.string() })).default([]) });

/** A row with texts in somebody's own words. */
interface FreeText {
  readonly table: string;
  readonly key: Row;
  readonly row: Row;
  readonly attributes: readonly string[];
}

/** How many orders are looked at side by side. */
const AT_ONCE = 20;

export interface CustomerOrdersOptions {
  readonly documents: DynamoDBDocumentClient;
  readonly ordersTable: string;
  readonly orderContactsTable: string;
  readonly stockChangesTable: string;
}

/** A customer's orders, as far as the customer is in them. */
export class CustomerOrders {
  readonly #documents: DynamoDBDocumentClient;
  readonly #ordersTable: string;
  readonly #contactsTable: string;
  readonly #stockChangesTable: string;

  constructor({ documents, ordersTable, orderContactsTable, stockChangesTable }: CustomerOrdersOptions) {
    this.#documents = documents;
    this.#ordersTable = ordersTable;
    this.#contactsTable = orderContactsTable;
    this.#stockChangesTable = stockChangesTable;
  }

  /**
   * The orders that the index knows, which follows the orders a moment later. Whoever must not miss one adds what the
   * customer checked out lately.
   */
  async idsOf(customerId: string): Promise<string[]> {
    const keys = await queryAll(this.#documents, {
      TableName: this.#ordersTable,
      IndexName: 'CustomerIndex',
      KeyConditionExpression: 'customerId = :customer',
      ExpressionAttributeValues: { ':customer': customerId },
    });
    return keys.map(({ orderId }) => String(orderId));
  }

  /**
   * Those of the orders for which something is still to be done: not ended or not shipped, being returned, or waiting
   * for an operator. So is one that has no row yet, or one that cannot be read.
   */
  async underWay(orderIds: readonly string[]): Promise<string[]> {
    return (await this.#each(orderIds, async (orderId) => ((await this.#isFinished(orderId)) ? [] : [orderId]))).flat();
  }

  /** Takes the person out of what operators wrote. Idempotent. */
  async eraseFromTexts(orderIds: readonly string[], erase: EraseFrom): Promise<void> {
    await this.#each(orderIds, async (orderId) => {
      const rows = await this.#rowsOf(orderId);
      for (const text of [...rows.flatMap((row) => this.#textOf(row)), ...(await this.#stockNotesOf(orderId, rows))]) {
        await this.#eraseFrom(text, erase);
      }
    });
  }

  /** Who the orders were for and where they went, by order. */
  contactsOf(orderIds: readonly string[]): Promise<readonly Row[]> {
    const keys = orderIds.map((orderId) => ({ orderId }));
    return batchGet(this.#documents, this.#contactsTable, keys, { isConsistent: true });
  }

  /** Idempotent. */
  async deleteContacts(orderIds: readonly string[]): Promise<void> {
    await this.#each(orderIds, (orderId) =>
      this.#documents.send(new DeleteCommand({ TableName: this.#contactsTable, Key: { orderId } })),
    );
  }

  async #isFinished(orderId: string): Promise<boolean> {
    const rows = await this.#rowsOf(orderId);
    const order = Standing.safeParse(rows.find(({ item }) => item === ORDER_ITEM)).data;
    if (order === undefined || lifecycleOfStatus(order.status) === 'OPEN' || order.returns?.open !== undefined)
      return false;
    return !rows.some((row) => row['parkedState'] === 'OPEN');
  }

  #rowsOf(orderId: string): Promise<Record<string, unknown>[]> {
    return queryAll(this.#documents, {
      TableName: this.#ordersTable,
      KeyConditionExpression: 'orderId = :order',
      ExpressionAttributeValues: { ':order': orderId },
      ConsistentRead: true,
    });
  }

  /** What of a row of an order is free text. */
  #textOf(row: Row): FreeText[] {
    const { orderId, item } = row;
    const [, attributes] = Object.entries(FREE_TEXT).find(([prefix]) => String(item).startsWith(prefix)) ?? [];
    return attributes === undefined ? [] : [{ table: this.#ordersTable, key: { orderId, item }, row, attributes }];
  }

  /** The stock notes a return as well, in the same words. */
  async #stockNotesOf(orderId: string, rows: readonly Row[]): Promise<FreeText[]> {
    const returned = rows.filter(({ item }) => String(item).startsWith(RETURN_ITEMS));
    const skus = new Set(returned.flatMap((row) => wholeRow(ReturnedSkus, row).lines.map(({ sku }) => sku)));
    const notes: FreeText[] = [];
    for (const sku of skus) {
      const found = await queryAll(this.#documents, {
        TableName: this.#stockChangesTable,
        KeyConditionExpression: 'sku = :sku',
        FilterExpression: 'orderId = :order',
        ExpressionAttributeValues: { ':sku': sku, ':order': orderId },
        ConsistentRead: true,
      });
      const noted = (row: Row): FreeText => {
        return { table: this.#stockChangesTable, key: { sku, change: row['change'] }, row, attributes: ['reason'] };
      };
      notes.push(...found.map(noted));
    }
    return notes;
  }

  /** @throws TransactionConflict (transient) for a text that somebody changes meanwhile. */
  async #eraseFrom({ table, key, row, attributes }: FreeText, erase: EraseFrom): Promise<void> {
    for (const name of attributes) {
      const [before, after] = [row[name], erasedIn(row[name], erase)];
      if (JSON.stringify(before) === JSON.stringify(after)) continue;
      const update = new UpdateCommand({
        TableName: table,
        Key: key,
        UpdateExpression: 'SET #text = :after',
        // As it was read, or as another eraser left it.
        ConditionExpression: '#text = :before OR #text = :after',
        ExpressionAttributeNames: { '#text': name },
        ExpressionAttributeValues: { ':before': before, ':after': after },
      });
      try {
        await this.#documents.send(update);
      } catch (error) {
        if (!isErrorNamed(error, 'ConditionalCheckFailedException')) throw error;
        throw new TransactionConflict(`Somebody wrote into ${JSON.stringify(key)} meanwhile`, { cause: error });
      }
    }
  }

  async #each<Result>(orderIds: readonly string[], work: (orderId: string) => Promise<Result>): Promise<Result[]> {
    const results: Result[] = [];
    for (let at = 0; at < orderIds.length; at += AT_ONCE) {
      results.push(...(await Promise.all(orderIds.slice(at, at + AT_ONCE).map(work))));
    }
    return results;
  }
}
