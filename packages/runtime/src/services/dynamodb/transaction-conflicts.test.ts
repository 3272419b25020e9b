import { beforeEach, expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import { TransactionConflicts } from './transaction-conflicts.ts';

const WINDOW_MS = 5;
let clock: ManualClock;
let conflicts: TransactionConflicts;
let carriedOut: string[];

beforeEach(() => {
  clock = new ManualClock();
  carriedOut = [];
  conflicts = new TransactionConflicts({ windowMs: WINDOW_MS, clock, keyNamesOf: () => Promise.resolve(['id']) });
});

const key = (id: string): object => ({ TableName: 'T', Key: { id: { S: id } } });
const put = (id: string): object => ({ TableName: 'T', Item: { other: { N: '1' }, id: { S: id } } });
const write = (...ids: string[]): Promise<unknown> =>
  play('TransactWriteItems', { TransactItems: ids.map((id) => ({ Update: key(id) })) });

function play(operation: string, input: object, statusCode = 200): Promise<unknown> {
  return conflicts.guard(operation, input, () => {
    carriedOut.push(operation);
    return Promise.resolve({ statusCode });
  });
}

/** Begins a transaction on the item `a`, and comes back while it is in flight. */
async function begin(): Promise<{ readonly ended: Promise<unknown> }> {
  const ended = write('a');
  await new Promise(setImmediate);
  carriedOut = [];
  return { ended };
}

test.each([
  ['an update', { Update: key('a') }],
  ['a put', { Put: put('a') }],
  ['a deletion', { Delete: key('a') }],
  ['a condition', { ConditionCheck: key('a') }],
])(
  'a transaction with %s of an item in flight is cancelled at once, with a reason for that item',
  async (_what, action) => {
    await begin();
    const other = play('TransactWriteItems', { TransactItems: [{ Put: put('b') }, action] });
    await expect(other).rejects.toMatchObject({
      code: 'TransactionCanceledException',
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons [None, TransactionConflict]',
      answer: {
        CancellationReasons: [
          { Code: 'None' },
          { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' },
        ],
      },
    });
    expect(carriedOut).toEqual([]);
  },
);

test.each([
  ['PutItem', put('a')],
  ['UpdateItem', key('a')],
  ['DeleteItem', key('a')],
])('%s of an item in flight is refused at once', async (operation, input) => {
  await begin();
  await expect(play(operation, input)).rejects.toMatchObject({ code: 'TransactionConflictException', statusCode: 400 });
});

test('a read transaction of an item in flight is cancelled', async () => {
  await begin();
  const read = play('TransactGetItems', { TransactItems: [{ Get: key('a') }] });
  await expect(read).rejects.toMatchObject({ code: 'TransactionCanceledException' });
});

test.each([
  ['GetItem', key('a')],
  ['Query', { TableName: 'T' }],
  ['PutItem', put('b')],
  ['TransactGetItems', { TransactItems: [{ Get: key('b') }] }],
])('%s that has nothing to do with it passes', async (operation, input) => {
  await begin();
  await play(operation, input);
  expect(carriedOut).toEqual([operation]);
});

test('a transaction is answered when its window is over, and its items are free then', async () => {
  const { ended } = await begin();
  let isAnswered = false;
  void ended.then(() => (isAnswered = true));
  await clock.advanceBy(WINDOW_MS - 1);
  expect(isAnswered).toBe(false);
  await clock.advanceBy(1);
  await ended;
  await play('PutItem', put('a'));
  expect(carriedOut).toEqual(['PutItem']);
});

test('an item is held while its transaction is carried out', async () => {
  const { promise, resolve } = Promise.withResolvers<{ statusCode: number }>();
  const ended = conflicts.guard('TransactWriteItems', { TransactItems: [{ Put: put('a') }] }, () => promise);
  await new Promise(setImmediate);
  await expect(write('a')).rejects.toMatchObject({ code: 'TransactionCanceledException' });
  resolve({ statusCode: 400 });
  await ended;
});

test('a transaction that the store refuses holds nothing any longer', async () => {
  await play('TransactWriteItems', { TransactItems: [{ Put: put('a') }] }, 400);
  const failing = conflicts.guard('TransactWriteItems', { TransactItems: [{ Put: put('a') }] }, () =>
    Promise.reject(new Error('no')),
  );
  await expect(failing).rejects.toThrow('no');
  await play('PutItem', put('a'));
  expect(carriedOut).toEqual(['TransactWriteItems', 'PutItem']);
});

test('a cancelled transaction holds nothing', async () => {
  await begin();
  await expect(write('b', 'a')).rejects.toMatchObject({ code: 'TransactionCanceledException' });
  await play('PutItem', put('b'));
  expect(carriedOut).toEqual(['PutItem']);
});

test('a table that is not known conflicts with nothing, and is asked for again', async () => {
  let known = false;
  const keyNamesOf = () => (known ? Promise.resolve(['id']) : Promise.reject(new Error('no such table')));
  conflicts = new TransactionConflicts({ windowMs: WINDOW_MS, clock, keyNamesOf });
  await play('PutItem', put('a'));
  known = true;
  await begin();
  await expect(play('PutItem', put('a'))).rejects.toMatchObject({ code: 'TransactionConflictException' });
  await play('PutItem', put('b'));
});
