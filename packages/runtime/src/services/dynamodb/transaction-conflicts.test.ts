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
const write = (...ids: string[]): Promise<void> =>
  play('TransactWriteItems', { TransactItems: ids.map((id) => ({ Update: key(id) })) });

function play(operation: string, input: object): Promise<void> {
  return conflicts.guard(operation, input, () => {
    carriedOut.push(operation);
    return Promise.resolve();
  });
}

/** Begins a transaction on the item `a`, and comes back while it is in flight. */
async function begin(): Promise<{ readonly ended: Promise<void> }> {
  const ended = write('a');
  await new Promise(setImmediate);
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

test('an item is free again when its transaction is over, also when that failed', async () => {
  const { ended } = await begin();
  await clock.advanceBy(WINDOW_MS);
  await ended;
  const failing = conflicts.guard('TransactWriteItems', { TransactItems: [{ Put: put('a') }] }, () =>
    Promise.reject(new Error('no')),
  );
  const windowEnds = new Promise(setImmediate).then(() => clock.advanceBy(WINDOW_MS));
  await expect(Promise.all([failing, windowEnds])).rejects.toThrow('no');
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
