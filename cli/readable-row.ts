import type * as z from 'zod';
import { UserError } from './user-error.ts';

type Row = Readonly<Record<string, unknown>>;

/** The row. @throws UserError naming it, and the fields that are wrong; their values may be anything. */
export function readableRow<Schema extends z.ZodType>(schema: Schema, row: Row): z.output<Schema> {
  const read = schema.safeParse(row);
  if (read.success) return read.data;
  throw new UserError(faultOf(row, read.error));
}

/** Those of the rows that can be read. Each other one is told of, and hides none of them. */
export function readableRows<Schema extends z.ZodType>(schema: Schema, rows: readonly Row[]): z.output<Schema>[] {
  return rows.flatMap((row) => {
    const read = schema.safeParse(row);
    if (read.success) return [read.data];
    console.error(`left out: ${faultOf(row, read.error)}`);
    return [];
  });
}

function faultOf({ orderId, sku, item }: Row, { issues }: z.ZodError): string {
  const key = [orderId ?? sku, item].filter((part) => part !== undefined).map(String);
  const wrong = issues.map(({ path }) => path.join('.') || 'the whole');
  return `The row ${key.join(' ')} cannot be read; wrong: ${wrong.join(', ')}. See npm run check-invariants, rule R1.`;
}
