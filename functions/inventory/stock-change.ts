import type { Sku } from '../../events/vocabulary.ts';
import type { TransactionItem } from '../platform/transaction.ts';
import type { StockRow } from './stock-row.ts';

/** What somebody did to the stock of a product, beside the orders that take from it. */
export interface NotedChange {
  /** The stock row as it is after it. */
  readonly after: StockRow;
  /** Units that came in. Negative for units that went out. */
  readonly by: number;
  readonly at: string;
  readonly actor: string;
  readonly reason?: string | undefined;
  /** Where they came back from, when a return brought them. */
  readonly orderId?: string;
  readonly returnId?: string;
}

/**
 * The note of a change, for its transaction. The version of the product's own row makes its key: that row's condition
 * decides for both.
 * @param discriminator of a change that does not touch that row, so that several have keys of their own.
 */
export function stockChangePut(
  changesTable: string,
  sku: Sku,
  { after, ...facts }: NotedChange,
  discriminator?: string,
): TransactionItem {
  const version = String(after.version).padStart(12, '0');
  const change = discriminator === undefined ? version : `${version}#${discriminator}`;
  const stock = after.available + after.onHold;
  return { Put: { TableName: changesTable, Item: { sku, change, stock, ...facts } } };
}
