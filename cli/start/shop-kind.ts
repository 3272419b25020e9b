import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { UserError } from '../user-error.ts';

/**
 * What a data folder is for: the samples and their users, whose passwords everybody knows; or a real shop, paid through
 * the sandbox for trying it out, or through the provider.
 */
const Kind = z.enum(['demo', 'shop-with-sandbox', 'shop-with-provider']);
export type ShopKind = z.infer<typeof Kind>;

const FILE = 'shop.json';

const WHAT_IT_IS: Readonly<Record<ShopKind, string>> = {
  demo: 'holds the demo shop, whose users everybody knows: `npm start` runs it',
  'shop-with-sandbox':
    'holds a shop that is paid through the payment sandbox: `npm run shop` runs it, without the provider’s key',
  'shop-with-provider':
    'holds a shop that is paid through the provider: `npm run shop` runs it, with the provider’s key',
};

/**
 * Notes what the folder is for, at its first start. Later starts must be of the same kind: a real shop never gets users
 * whose passwords are known, and no provider is asked to refund what another one took.
 * @throws UserError saying what the folder holds.
 */
export function requireKind(dataFolder: string, kind: ShopKind, { isFresh }: { readonly isFresh: boolean }): void {
  const file = path.join(dataFolder, FILE);
  const known = isFresh ? undefined : kindIn(file, dataFolder);
  if (known !== undefined && known !== kind) {
    throw new UserError(`${dataFolder} ${WHAT_IT_IS[known]}. Or give another folder with --data.`);
  }
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify({ kind })}\n`, { mode: 0o600 });
}

/** What starts the shop of this folder. @throws UserError */
export function startCommandOf(dataFolder: string): 'npm start' | 'npm run shop' {
  const kind = kindIn(path.join(dataFolder, FILE), dataFolder) ?? 'demo';
  return kind === 'demo' ? 'npm start' : 'npm run shop';
}

/** A folder of before there were kinds is a demo. */
function kindIn(file: string, dataFolder: string): ShopKind | undefined {
  if (!existsSync(file)) return existsSync(path.join(dataFolder, 'runtime.sqlite')) ? 'demo' : undefined;
  try {
    return z.object({ kind: Kind }).parse(JSON.parse(readFileSync(file, 'utf8'))).kind;
  } catch (cause) {
    throw new UserError(`${file} cannot be read: it says {"kind": …}, one of ${Kind.options.join(', ')}.`, { cause });
  }
}
