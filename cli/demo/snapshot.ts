import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Deployment } from '../deployment.ts';

/** Units of one SKU that can still be sold. */
export type AvailableBySku = ReadonlyMap<string, number>;

const StockRow = z.object({ sku: z.string(), available: z.number(), shardRows: z.number().optional() });
type StockRow = z.infer<typeof StockRow>;

export async function readAvailable(deployment: Deployment, skus: readonly string[]): Promise<AvailableBySku> {
  const rows = await readStock(deployment, skus);
  const available = new Map(rows.map((row) => [row.sku, row.available]));
  for (const { sku, shardRows = 0 } of rows) {
    const shards = Array.from({ length: shardRows }, (_, n) => `${sku}#${n + 1}`);
    for (const shard of shards.length === 0 ? [] : await readStock(deployment, shards)) {
      available.set(sku, (available.get(sku) ?? 0) + shard.available);
    }
  }
  return available;
}

async function readStock(deployment: Deployment, keys: readonly string[]): Promise<StockRow[]> {
  const table = deployment.output('StockTableName');
  const { Responses } = await deployment.dynamoDb.send(
    new BatchGetCommand({ RequestItems: { [table]: { Keys: keys.map((sku) => ({ sku })), ConsistentRead: true } } }),
  );
  return z.array(StockRow).parse(Responses?.[table] ?? []);
}

const LedgerRows = z.object({
  rows: z.array(z.object({ op: z.string(), ok: z.boolean(), amountMinor: z.number() })),
});

/** What the payment sandbox took for an order and did not give back, in minor units. */
export async function readNetMinor(sandboxUrl: string, orderId: string): Promise<number> {
  const response = await fetch(`${sandboxUrl}/_sandbox/ledger?orderId=${orderId}`);
  const { rows } = LedgerRows.parse(await response.json());
  const sumOf = (op: string): number =>
    rows.filter((row) => row.ok && row.op === op).reduce((sum, row) => sum + row.amountMinor, 0);
  return sumOf('CAPTURE') - sumOf('REFUND');
}

const Intents = z.object({ intents: z.array(z.object({ id: z.string() })) });

/** Does what the customer would do on the provider's page: confirms the payment (3-D Secure). */
export async function confirmAsCustomer(sandboxUrl: string, orderId: string): Promise<void> {
  const response = await fetch(`${sandboxUrl}/_sandbox/intents?orderId=${orderId}&status=requires_action`);
  const { intents } = Intents.parse(await response.json());
  for (const { id } of intents) {
    await fetch(`${sandboxUrl}/_sandbox/intents/${id}/authenticate`, {
      method: 'POST',
      body: JSON.stringify({ outcome: 'confirm' }),
    });
  }
}
