import { randomUUID } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { UserError } from '../user-error.ts';

const LOOK_EVERY_MS = 2;
const Refusal = z.object({ error: z.object({ message: z.string() }) });

export interface RunningSandbox {
  /** Its control plane. */
  readonly url: string;
  /** Where it keeps its ledger: in the shop's data folder. */
  readonly folder: string;
}

/**
 * Runs `work` while the payment sandbox stands still, right after it has copied its ledger: it has told nobody anything
 * that the copy lacks (packages/payment-sandbox/src/held-copy.ts). `work` must be short.
 * @returns what `work` gives, and the file of the copy, which is the caller's to remove.
 * @throws UserError when there is no sandbox, it works on another folder, or `work` took too long.
 */
export async function whileLedgerIsHeld<Result>(
  { url, folder }: RunningSandbox,
  work: () => Result,
): Promise<{ readonly result: Result; readonly ledger: string }> {
  const id = randomUUID();
  const copy = path.join(folder, `backup-${id}.sqlite`);
  let refusal: UserError | undefined;
  let isAnswered = false;
  const answer = askForCopy(url, id)
    .catch((error: UserError) => (refusal = error))
    .finally(() => (isAnswered = true));
  // The file is there some milliseconds before the answer, which comes when the file has been taken away.
  while (!existsSync(copy) && !isAnswered) await delay(LOOK_EVERY_MS);
  if (isAnswered) throw refusal ?? new UserError(`The payment sandbox at ${url} does not work on ${folder}.`);
  const result = work();
  const ledger = path.join(folder, `taken-${id}.sqlite`);
  try {
    renameSync(copy, ledger); // Only while the sandbox still holds it.
  } catch (cause) {
    throw new UserError('The payment sandbox went on before the copy was taken: try again.', { cause });
  }
  await answer;
  return { result, ledger };
}

async function askForCopy(url: string, id: string): Promise<undefined> {
  let response: Response;
  try {
    response = await fetch(`${url}/_sandbox/backups`, { method: 'POST', body: JSON.stringify({ id }) });
  } catch (cause) {
    const advice = 'give the address of the running shop with --endpoint-url';
    throw new UserError(`No payment sandbox answers at ${url}: ${advice}.`, { cause });
  }
  if (response.ok) return undefined;
  const { error } = Refusal.catch({ error: { message: `HTTP ${response.status}` } }).parse(await response.json());
  throw new UserError(`The payment sandbox at ${url} gave no copy: ${error.message}.`);
}
