import { expect, test } from 'vitest';
import type { Deployment } from './deployment.ts';
import { readProgress } from './order-progress.ts';

const ROW = { customerId: 'alice', currency: 'EUR', totalMinor: 850, placedAt: '', updatedAt: '' };

test('the row of an order whose execution has ended is how it ended, also when it ends while it is read', async () => {
  let status = 'PENDING';
  const deployment = {
    output: (name: string) => name,
    execution: async () => {
      status = 'CONFIRMED';
      return { executionArn: 'arn', status: 'SUCCEEDED' };
    },
    dynamoDb: { send: async () => ({ Item: { ...ROW, status }, Items: [] }) },
  };
  expect(await readProgress(deployment as unknown as Deployment, '01K2Z5N8W0CHECK0VTSAMPRE01')).toMatchObject({
    order: { status: 'CONFIRMED' },
    execution: { status: 'SUCCEEDED' },
  });
});
