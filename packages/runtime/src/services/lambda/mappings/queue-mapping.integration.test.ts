import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import { Journal } from '../../../store/journal.ts';
import { SqsService } from '../../sqs/sqs-service.ts';
import { testStack } from '../../testing/test-stack.ts';
import { LambdaBench, until } from '../testing/lambda-under-test.ts';

test('with the real queue: a failing message ends in the dead-letter queue, its batch mates go through', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lambda-sqs-'));
  const clock = new ManualClock();
  const journal = new Journal(join(folder, 'sqs.sqlite'));
  const sqs = new SqsService({ journal, clock, stack: testStack });
  const arn = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;
  await sqs.queues.declare('dead', {}, {});
  const redrive = JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: 2 });
  await sqs.queues.declare('work', { VisibilityTimeout: '30', RedrivePolicy: redrive }, {});
  await using bench = new LambdaBench({ clock, queues: sqs });
  await bench.declare(
    'worker',
    `export const handler = async ({ Records }) => ({
       batchItemFailures: Records.filter((r) => r.body === 'bad').map((r) => ({ itemIdentifier: r.messageId })),
     });`,
  );
  await bench.service.mappings.put({
    uuid: 'mapping',
    mappingArn: 'arn:mapping',
    eventSourceArn: arn('work'),
    functionReference: 'worker',
    enabled: true,
    batchSize: 10,
    batchingWindowSeconds: 0,
    reportsBatchItemFailures: true,
    filterPatterns: [],
  });
  bench.service.start();
  await Promise.all(['a', 'bad', 'b'].map((body) => sqs.send(arn('work'), body)));
  const deadLetters = (): number => sqs.queues.byArn(arn('dead')).counts.visible;
  await until(async () => {
    await bench.service.mappings.settled();
    await clock.advanceBy(2500);
    return deadLetters() === 1;
  });
  expect(sqs.queues.byArn(arn('work')).counts).toMatchObject({ visible: 0, inFlight: 0 });
  expect((await sqs.receive(arn('dead'), 10)).map(({ body }) => body)).toEqual(['bad']);
  await bench.service.stop();
  await sqs.stop();
  journal.close();
  rmSync(folder, { recursive: true });
});
