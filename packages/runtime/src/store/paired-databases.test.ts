import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { Journal } from './journal.ts';
import { requirePair } from './paired-databases.ts';

function files(): { journal: string; tables: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'pair-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { journal: path.join(folder, 'runtime.sqlite'), tables: path.join(folder, 'dynamodb.sqlite') };
}

async function start({ journal: file, tables }: { journal: string; tables: string }): Promise<void> {
  const journal = new Journal(file, { syncsInCommit: true });
  try {
    await requirePair(journal, tables);
  } finally {
    journal.close();
  }
}

test('two new databases belong together from their first start on', async () => {
  const both = files();
  await start(both);
  await expect(start(both)).resolves.toBeUndefined();
});

test('a start that was killed before the tables knew the name is made up for', async () => {
  const both = files();
  await start(both);
  const journal = new DatabaseSync(both.journal);
  journal.exec('UPDATE store_pair SET is_known = 0');
  journal.close();
  rmSync(both.tables);
  await start(both);
  await expect(start(both)).resolves.toBeUndefined();
});

test.each([
  ['tables', /dynamodb\.sqlite was deleted, emptied or replaced: .* Restore it, or start with --fresh\.$/],
  ['journal', /^runtime\.sqlite, with executions and messages, was deleted, emptied or replaced/],
] as const)('%s that are gone while the other ones are there are named', async (which, message) => {
  const both = files();
  await start(both);
  rmSync(both[which]);
  await expect(start(both)).rejects.toMatchObject({
    name: 'StartError',
    fault: 'STORE_LOST',
    message: expect.stringMatching(message),
  });
});

test('tables of another journal are named', async () => {
  const [ours, theirs] = [files(), files()];
  await start(ours);
  await start(theirs);
  await expect(start({ ...ours, tables: theirs.tables })).rejects.toMatchObject({ fault: 'STORE_LOST' });
});
