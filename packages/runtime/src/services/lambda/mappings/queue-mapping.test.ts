import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import type { FunctionSettings } from '../function-settings.ts';
import type { MappingSettings } from './mapping-settings.ts';
import { LambdaBench, MEETING, QUEUE_ARN, until } from '../testing/lambda-under-test.ts';

let clock: ManualClock;
let bench: LambdaBench;

beforeEach(() => {
  clock = new ManualClock();
  bench = new LambdaBench({ clock });
});
afterEach(() => bench[Symbol.asyncDispose]());

/** Fails bodies as they ask for it, and prints what it got. */
const WORKER = `export const handler = async ({ Records }) => {
  console.log('got ' + Records.map(({ body }) => body).join());
  if (Records.some(({ body }) => body === 'throw')) throw new Error('asked to');
  const answer = Records.find(({ body }) => body.startsWith('answer:'))?.body.slice('answer:'.length);
  if (answer) return JSON.parse(answer);
  return { batchItemFailures: Records.filter(({ body }) => body === 'fail').map((r) => ({ itemIdentifier: r.messageId })) };
};`;

async function map(settings: Partial<MappingSettings> = {}, worker: Partial<FunctionSettings> = {}): Promise<void> {
  await bench.declare('worker', WORKER, worker);
  await bench.service.mappings.put({
    uuid: 'mapping',
    mappingArn: 'arn:mapping',
    eventSourceArn: QUEUE_ARN,
    functionReference: 'worker',
    enabled: true,
    batchSize: 10,
    batchingWindowSeconds: 0,
    reportsBatchItemFailures: true,
    filterPatterns: [],
    maximumConcurrency: 2,
    ...settings,
  });
  bench.service.start();
}

/** Batches as the function printed them, in order. */
function batches(): string[] {
  return bench.lines.flatMap((line) => line.split('\tgot ').slice(1));
}

async function untilDelivered(count: number): Promise<void> {
  await until(() => batches().length >= count);
  await bench.service.mappings.settled();
}

test('messages are delivered and deleted', async () => {
  await map();
  bench.queue.send('a', 'b');
  await until(() => batches().join().split(',').length === 2);
  await bench.service.mappings.settled();
  expect([...bench.queue.visibleBodies, ...bench.queue.hiddenBodies]).toEqual([]);
});

test('what is there is taken at once, at most BatchSize together', async () => {
  bench.queue.send('a', 'b', 'c', 'd', 'e');
  await map({ batchSize: 3, maximumConcurrency: 1 });
  await untilDelivered(2);
  expect(batches()).toEqual(['a,b,c', 'd,e']);
});

test('the record is shaped as AWS shapes it', async () => {
  await bench.declare('shape', 'export const handler = async (event) => console.log("got " + JSON.stringify(event));');
  bench.queue.send('a');
  await map({ functionReference: 'shape' });
  await untilDelivered(1);
  expect(JSON.parse(batches()[0] ?? '')).toEqual({
    Records: [
      {
        messageId: 'm-1',
        receiptHandle: 'm-1#1',
        body: 'a',
        attributes: { ApproximateReceiveCount: '1' },
        messageAttributes: {},
        md5OfBody: 'md5',
        eventSource: 'aws:sqs',
        eventSourceARN: QUEUE_ARN,
        awsRegion: 'us-east-1',
      },
    ],
  });
});

test('only the reported items come again, when their visibility timeout has passed', async () => {
  bench.queue.send('a', 'fail', 'b');
  await map();
  await untilDelivered(1);
  expect(bench.queue.hiddenBodies).toEqual(['fail']);
  await clock.advanceBy(30_000);
  await untilDelivered(2);
  expect(batches()).toEqual(['a,fail,b', 'fail']);
});

test.each([
  ['no failures', '{"batchItemFailures":[]}'],
  ['a null list', '{"batchItemFailures":null}'],
  ['an empty answer', '{}'],
  ['a null answer', 'null'],
])('%s means that all is done', async (_, answer) => {
  bench.queue.send('a', `answer:${answer}`);
  await map();
  await untilDelivered(1);
  expect(bench.queue.hiddenBodies).toEqual([]);
});

test.each([
  ['an unknown id', '{"batchItemFailures":[{"itemIdentifier":"m-99"}]}'],
  ['an unknown id beside a known one', '{"batchItemFailures":[{"itemIdentifier":"m-1"},{"itemIdentifier":"m-99"}]}'],
  ['an empty id', '{"batchItemFailures":[{"itemIdentifier":""}]}'],
  ['a null id', '{"batchItemFailures":[{"itemIdentifier":null}]}'],
  ['a wrong key', '{"batchItemFailures":[{"messageId":"m-1"}]}'],
  ['a list of nothing', '{"batchItemFailures":[null]}'],
  ['failures that are no list', '{"batchItemFailures":"m-1"}'],
  ['an answer that is text', '"done"'],
])('%s means that all failed', async (_, answer) => {
  bench.queue.send('a', `answer:${answer}`);
  await map();
  await untilDelivered(1);
  expect(bench.queue.hiddenBodies).toHaveLength(2);
});

test('a throw means that all failed', async () => {
  bench.queue.send('a', 'throw');
  await map();
  await untilDelivered(1);
  expect(bench.queue.hiddenBodies).toEqual(['a', 'throw']);
});

test('without ReportBatchItemFailures the answer is not read', async () => {
  bench.queue.send('a', 'fail');
  await map({ reportsBatchItemFailures: false });
  await untilDelivered(1);
  expect(bench.queue.hiddenBodies).toEqual([]);
});

test('a throttled batch stays invisible until its timeout and was counted as received', async () => {
  bench.queue.send('a');
  await map({}, { reservedConcurrency: 0 });
  await until(() => bench.service.mappings.byUuid('mapping').lastProcessingResult.includes('TooManyRequests'));
  expect(bench.queue.hiddenBodies).toEqual(['a']);
});

test('a message that no filter wants is deleted unseen', async () => {
  bench.queue.send('{"kind":"keep"}', '{"kind":"drop"}', 'no json');
  await map({ filterPatterns: ['{"body":{"kind":["keep"]}}'] });
  await untilDelivered(1);
  expect(batches()).toEqual(['{"kind":"keep"}']);
  expect([...bench.queue.visibleBodies, ...bench.queue.hiddenBodies]).toEqual([]);
});

test('a batching window waits for more, until it closes', async () => {
  bench.queue.send('a');
  await map({ batchingWindowSeconds: 5 });
  await until(() => bench.queue.hiddenBodies.length === 1);
  await clock.advanceBy(3000);
  bench.queue.send('b');
  await clock.advanceBy(100);
  await until(() => bench.queue.hiddenBodies.length === 2);
  expect(batches()).toEqual([]);
  await clock.advanceBy(1900);
  await untilDelivered(1);
  expect(batches()).toEqual(['a,b']);
});

test('a full batch does not wait for its window to close', async () => {
  bench.queue.send('a', 'b');
  await map({ batchingWindowSeconds: 5, batchSize: 2 });
  await untilDelivered(1);
  expect(batches()).toEqual(['a,b']);
});

test('what fills a batch in its window ends the wait', async () => {
  bench.queue.send('a');
  await map({ batchingWindowSeconds: 20, batchSize: 3 });
  await until(() => bench.queue.hiddenBodies.length === 1);
  bench.queue.send('b', 'c', 'd');
  await clock.advanceBy(100);
  await untilDelivered(1);
  expect(batches()).toEqual(['a,b,c']);
  await until(() => bench.queue.hiddenBodies.length === 1);
  await clock.advanceBy(20_000);
  await untilDelivered(2);
  expect(batches()).toEqual(['a,b,c', 'd']);
});

test('a disabled mapping takes nothing; enabled, it goes on; its state survives a restart', async () => {
  await map({ enabled: false });
  bench.queue.send('a');
  await bench.service.mappings.update('mapping', { enabled: true });
  await untilDelivered(1);
  await bench.service.mappings.update('mapping', { enabled: false });
  await bench.crash();
  await map({ enabled: true });
  expect(bench.service.mappings.byUuid('mapping').settings.enabled).toBe(false);
});

test('never more batches side by side than MaximumConcurrency', async () => {
  await bench.declare('meet', MEETING, { variables: { MEETING: mkdtempSync(join(bench.folder, 'meeting-')) } });
  bench.queue.send(...Array.from({ length: 8 }, (_, index) => String(index)));
  await map({ functionReference: 'meet', batchSize: 1, maximumConcurrency: 2 });
  await until(() => bench.lines.filter((line) => line.endsWith('out')).length === 8);
  let inside = 0;
  let most = 0;
  for (const line of bench.lines) {
    if (line.endsWith('\tin')) inside += 1;
    if (line.endsWith('\tout')) inside -= 1;
    most = Math.max(most, inside);
  }
  expect(most).toBe(2);
});
