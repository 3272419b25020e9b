import * as z from 'zod';
import type { OutboxTable } from './outbox-table.ts';

/** Asks for one page of the outbox. `after` is the answer's `next`. */
export const RepublishRequest = z.strictObject({
  /** Written at or after this moment, ISO 8601 in UTC as rows have it. */
  republishSince: z.iso.datetime({ precision: 3 }),
  after: z.record(z.string(), z.unknown()).optional(),
});
export type RepublishRequest = z.infer<typeof RepublishRequest>;

/** A type and not an interface, because it is the function's JSON result. */
export type RepublishPage = {
  /** Rows that wait for the sweeper from now on. */
  readonly marked: number;
  readonly next?: Readonly<Record<string, unknown>>;
};

/**
 * Lets rows be published again, whether or not they were before: copies have the same event id. For what the stream
 * cannot bring any more: records that nobody read for a day, and those before a restored moment.
 */
export async function republishPage(
  { republishSince, after }: RepublishRequest,
  table: OutboxTable,
): Promise<RepublishPage> {
  const { eventIds, next } = await table.writtenSince(republishSince, after);
  let marked = 0;
  for (const eventId of eventIds) if (await table.markPending(eventId)) marked += 1;
  return { marked, ...(next === undefined ? {} : { next }) };
}
