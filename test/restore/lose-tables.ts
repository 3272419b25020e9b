import { BatchWriteCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import { DeleteTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { Deployment } from '../../cli/deployment.ts';
import type { SeededRandom } from '../torture/seeded-random.ts';

/** `deleted`: somebody deletes every table. `damaged`: a bad deployment takes rows out of all of them. */
export const LOSSES = ['deleted', 'damaged'] as const;
export type Loss = (typeof LOSSES)[number];

const DAMAGED_SHARE = 0.5;
const BATCH = 25;

/** Loses the shop's tables one after another, in any order, while it works. */
export async function loseTables(deployment: Deployment, loss: Loss, random: SeededRandom): Promise<void> {
  const tables = [...deployment.outputs()].flatMap(([name, value]) => (name.endsWith('TableName') ? [value] : []));
  while (tables.length > 0) {
    const table = random.oneOf(tables);
    tables.splice(tables.indexOf(table), 1);
    if (loss === 'deleted') await deployment.dynamoDb.send(new DeleteTableCommand({ TableName: table }));
    else await takeRowsOut(deployment, table, random);
  }
}

async function takeRowsOut({ dynamoDb: client }: Deployment, TableName: string, random: SeededRandom): Promise<void> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const keys = (Table?.KeySchema ?? []).map(({ AttributeName = '' }) => AttributeName);
  for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
    const taken = Items.filter(() => random.chance(DAMAGED_SHARE));
    while (taken.length > 0) {
      const requests = taken.splice(0, BATCH).map((item) => ({
        DeleteRequest: { Key: Object.fromEntries(keys.map((key) => [key, item[key] as unknown])) },
      }));
      await client.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }));
    }
  }
}
