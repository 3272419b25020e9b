import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '@order-workflow/states-language/clock';
import { Journal } from '../../../store/journal.ts';
import { DynamoDbService } from '../../dynamodb/dynamodb-service.ts';
import { testStack } from '../../testing/test-stack.ts';
import { StreamPositions } from './stream-positions.ts';

test('a database that was emptied while the journal knows its records is named at the start', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lost-store-'));
  const options = { clock: systemClock, stack: testStack, onLost: fail, onFailure: fail };
  const store = await DynamoDbService.open({ ...options, databaseFile: join(folder, 'dynamodb.sqlite') });
  const journal = new Journal(':memory:');
  onTestFinished(async () => {
    await store.stop();
    journal.close();
    rmSync(folder, { recursive: true });
  });
  const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/outbox/stream/s';
  const before = new StreamPositions(journal, store);
  await before.add('m1', arn, 'LATEST');
  await new StreamPositions(journal, store).add('m1', arn, 'LATEST');
  await before.advance('m1', '000000000000000000042', 1);
  await expect(new StreamPositions(journal, store).add('m1', arn, 'LATEST')).rejects.toMatchObject({
    name: 'StartError',
    fault: 'STORE_LOST',
    message: expect.stringMatching(/^The tables lost data: change 42 of .* the database ends at 0\. Restore .*$/),
  });
});

function fail(error: unknown): void {
  throw error;
}
