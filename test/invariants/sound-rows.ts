import type * as z from 'zod';
import type { Rule } from './rule.ts';
import type { MalformedRow } from './snapshot.ts';

type Row = Readonly<Record<string, unknown>>;

/** Rows that are not as the shop writes them are set apart, so that the others can still be checked. */
export class SoundRows {
  readonly malformed: MalformedRow[] = [];

  /** @param place name of the table or of the books, for the report. */
  of<Schema extends z.ZodType>(place: string, schema: Schema, rows: readonly unknown[]): z.infer<Schema>[] {
    return rows.flatMap((row) => {
      const read = schema.safeParse(row);
      if (read.success) return [read.data];
      const faults = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      this.malformed.push({ place, key: keyOf(row), because: faults.join('; ') });
      return [];
    });
  }
}

/** Ids alone: a row may hold what no report must show. */
function keyOf(row: unknown): string {
  const { orderId, item, sku, eventId, providerEventId, id, seq } = Object(row) as Row;
  const ids = [orderId, item, sku, eventId, providerEventId, id, seq];
  return (
    ids.filter((value) => typeof value === 'string' || typeof value === 'number').join(' ') || 'a row without a key'
  );
}

export const soundRows: Rule = {
  id: 'R1',
  says: 'every row is as the shop writes it; the other rules are checked without those that are not',
  when: 'always',
  *findings({ snapshot }) {
    for (const { place, key, because } of snapshot.malformed ?? []) yield { keys: { place, key }, because, rows: [] };
  },
};
