import * as z from 'zod';
import type { Deployment } from '../deployment.ts';
import { invokePersistently } from '../invoke-persistently.ts';

const RepublishPage = z.object({
  marked: z.number(),
  next: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Lets every event of the outbox that was written since a moment wait for the sweeper, whether or not it was published.
 * It reads the whole table, page by page.
 * @param onProgress told how many wait until now.
 * @returns how many wait that did not before.
 */
export async function republishSince(
  deployment: Deployment,
  since: Date,
  onProgress: (marked: number) => void = () => undefined,
): Promise<number> {
  let marked = 0;
  let after: Readonly<Record<string, unknown>> | undefined;
  do {
    const request = { republishSince: since.toISOString(), after };
    const page = RepublishPage.parse(await invokePersistently(deployment, 'SweepOutboxFunctionName', request));
    marked += page.marked;
    onProgress(marked);
    after = page.next;
  } while (after !== undefined);
  return marked;
}
