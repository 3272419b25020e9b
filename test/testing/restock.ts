import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { readAvailable } from '../../cli/demo/snapshot.ts';
import type { Deployment } from '../../cli/deployment.ts';

/**
 * Takes deliveries so that at least the given units are available, of SKUs that no catalogue needs to know: stock for
 * orders whose events go straight onto the bus. `received` counts every unit that ever came in:
 * available + reserved = received, whatever happens to orders.
 */
export async function restock(deployment: Deployment, wanted: Readonly<Record<string, number>>): Promise<void> {
  const available = await readAvailable(deployment, Object.keys(wanted));
  for (const [sku, units] of Object.entries(wanted)) {
    const missing = units - (available.get(sku) ?? 0);
    if (missing <= 0 && available.has(sku)) continue;
    await deployment.dynamoDb.send(
      new UpdateCommand({
        TableName: deployment.output('StockTableName'),
        Key: { sku },
        UpdateExpression:
          'SET onHold = if_not_exists(onHold, :zero) ADD available :units, received :units, version :one',
        ExpressionAttributeValues: { ':zero': 0, ':units': Math.max(0, missing), ':one': 1 },
      }),
    );
  }
}
