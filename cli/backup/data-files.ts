import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../user-error.ts';

/** The databases of a data folder whose processes may be asked for nothing: any other may read them while they run. */
export const SHARED_DATABASES = ['runtime.sqlite', 'dynamodb.sqlite'] as const;
/** Its process lets nobody else in. */
export const LEDGER_FOLDER = 'payments';
export const LEDGER_FILE = 'payment-sandbox.sqlite';

/** @throws UserError when the folder holds no shop. */
export function requireShop(dataFolder: string): void {
  const missing = [...SHARED_DATABASES, path.join(LEDGER_FOLDER, LEDGER_FILE)].find(
    (name) => !existsSync(path.join(dataFolder, name)),
  );
  if (missing === undefined) return;
  const elsewhere = 'Name its folder with --data: `npm run shop` keeps it in .shop.';
  throw new UserError(`${dataFolder} holds no shop: it has no ${missing}. ${elsewhere}`);
}

/** Of all databases and their logs: a copy is not longer. */
export function databaseBytes(dataFolder: string): number {
  const names = [...SHARED_DATABASES, path.join(LEDGER_FOLDER, LEDGER_FILE)];
  return names
    .flatMap((name) => [name, `${name}-wal`])
    .map((name) => statSync(path.join(dataFolder, name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
}

/** What is copied as it is: notes of the samples and of what the folder is for, and logs for people. Mails are in the journal, and filed anew. */
export function plainFiles(dataFolder: string): string[] {
  const logs = existsSync(path.join(dataFolder, 'logs')) ? readdirSync(path.join(dataFolder, 'logs')) : [];
  const names = ['samples.json', 'shop.json', ...logs.map((name) => path.join('logs', name))];
  return names.filter((name) => statSync(path.join(dataFolder, name), { throwIfNoEntry: false })?.isFile());
}
