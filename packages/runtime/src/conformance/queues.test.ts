/** Traps of SQS as the source of functions: what a receive costs, what an answer means. */
import { expect, test } from 'vitest';
import { until } from '../services/lambda/testing/lambda-under-test.ts';
import { QueueWorkers } from './queue-workers.ts';

const FINISHED = { visible: 0, inFlight: 0 };

test('T25: reserved concurrency sends good messages to the dead-letter queue, MaximumConcurrency sends none', async () => {
  await using aws = new QueueWorkers();
  await aws.queue('throttled', 3);
  await aws.worker('reserved', 'print(Records);', { reservedConcurrency: 0 });
  await aws.send('throttled', 'good');
  await aws.map('throttled', 'reserved');
  await until(async () => {
    await aws.lambda.service.mappings.settled();
    await aws.clock.advanceBy(30_000);
    return aws.counts('throttled-dead').visible === 1;
  });
  expect(aws.batches).toEqual([]);
  const [letter] = await aws.deadLetters('throttled');
  expect(letter).toMatchObject({ body: 'good' });

  await aws.queue('paced', 3);
  await aws.worker(
    'slow',
    `await new Promise(setImmediate); print(Records.map((r) => ({ body: r.attributes.ApproximateReceiveCount })));`,
  );
  await aws.send('paced', 'a', 'b', 'c', 'd', 'e', 'f');
  await aws.map('paced', 'slow', { batchSize: 1, maximumConcurrency: 2, reportsBatchItemFailures: false });
  await until(() => aws.batches.length === 6);
  await aws.lambda.service.mappings.settled();
  expect(aws.batches).toEqual(['1', '1', '1', '1', '1', '1']);
  expect(aws.counts('paced')).toMatchObject(FINISHED);
  expect(aws.counts('paced-dead')).toMatchObject(FINISHED);
});

test('T25: a function that outlives the visibility timeout gets its message a second time while it still works', async () => {
  await using aws = new QueueWorkers();
  await aws.queue('work', 5, 30);
  await aws.worker('slow', 'print(Records); await new Promise(() => {});', { timeoutMs: 300_000 });
  await aws.send('work', 'a');
  await aws.map('work', 'slow', { maximumConcurrency: 2 });
  await until(() => aws.batches.length === 1);
  await aws.clock.advanceBy(30_000);
  await until(() => aws.batches.length === 2);
  expect(aws.batches).toEqual(['a', 'a']);
});

const failures = (list: string): string => `{ batchItemFailures: ${list} }`;

/** What a worker answers about the batch `good`, `bad`, and what then comes again. */
const ANSWERS: Readonly<Record<string, { readonly answer: string; readonly again: 'all' | 'bad' | 'none' }>> = {
  'an empty list': { answer: failures('[]'), again: 'none' },
  'a null list': { answer: failures('null'), again: 'none' },
  'no answer': { answer: 'null', again: 'none' },
  'the id of a message': { answer: failures('[{ itemIdentifier: bad.messageId }]'), again: 'bad' },
  'an empty id': { answer: failures(`[{ itemIdentifier: '' }]`), again: 'all' },
  'a null id': { answer: failures('[{ itemIdentifier: null }]'), again: 'all' },
  'an unknown id': { answer: failures(`[{ itemIdentifier: 'unknown' }]`), again: 'all' },
  'a wrong key': { answer: failures('[{ messageId: bad.messageId }]'), again: 'all' },
  'a throw': { answer: `(() => { throw new Error('no') })()`, again: 'all' },
};

test('T26: a partial batch answer with a wrong id or key, or a throw, is the whole batch again; an empty list is all done', async () => {
  await using aws = new QueueWorkers();
  const table = Object.values(ANSWERS).map(({ answer }) => `(good, bad) => (${answer})`);
  const chosen = `const [, , , , , queue] = Records[0].eventSourceARN.split(':');`;
  await aws.worker(
    'worker',
    `${chosen} print(Records); return [${table.join(', ')}][Number(queue.slice(1))](...Records);`,
  );
  for (const index of table.keys()) {
    await aws.queue(`q${index}`, 5);
    await aws.send(`q${index}`, 'good', 'bad');
    await aws.map(`q${index}`, 'worker');
  }
  await until(() => aws.batches.length === table.length);
  await aws.lambda.service.mappings.settled();
  expect(new Set(aws.batches)).toEqual(new Set(['good,bad']));

  const left = Object.fromEntries(Object.keys(ANSWERS).map((name, index) => [name, aws.counts(`q${index}`).inFlight]));
  const messages = { all: 2, bad: 1, none: 0 };
  expect(left).toEqual(Object.fromEntries(Object.entries(ANSWERS).map(([name, { again }]) => [name, messages[again]])));
});

test('T26: a message that the mapping’s filter does not match is deleted for good, unseen and without a dead letter', async () => {
  await using aws = new QueueWorkers();
  await aws.queue('work', 1);
  await aws.worker('worker', 'print(Records);');
  await aws.send('work', '{"kind":"order"}', '{"kind":"other"}');
  await aws.map('work', 'worker', { filterPatterns: ['{"body":{"kind":["order"]}}'], reportsBatchItemFailures: false });
  await until(() => aws.batches.length === 1);
  await aws.lambda.service.mappings.settled();
  expect(aws.batches).toEqual(['{"kind":"order"}']);
  expect(aws.counts('work')).toMatchObject(FINISHED);
  expect(aws.counts('work-dead')).toMatchObject(FINISHED);
});
