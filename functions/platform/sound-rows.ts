import type * as z from 'zod';
import { logger } from './logger.ts';

/**
 * Rows that somebody wrote by hand, or that a version before this one left, may be anything. In a list such a row must
 * not hide the others; alone it ends the request that needs it. Either way a log line names it.
 */

/** Terminal: the row is not what this version writes. Somebody has to mend it. */
export class MalformedRow extends Error {
  override readonly name = 'MalformedRow';
}

/** What names a row. Nothing else of it is logged: it may be anything. */
const KEYS = ['sku', 'change', 'orderId', 'customerId', 'item', 'eventId'];

/** The row; undefined, and a line in the log, when it cannot be read. */
export function soundRow<Schema extends z.ZodType>(schema: Schema, row: unknown): z.output<Schema> | undefined {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  logger.error('Malformed row left out', { row: keysOf(row), wrong: wrongIn(parsed.error) });
  return undefined;
}

/** Those of the rows that can be read; a line in the log for each other one. */
export function soundRows<Schema extends z.ZodType>(schema: Schema, rows: readonly unknown[]): z.output<Schema>[] {
  return rows.map((row) => soundRow(schema, row)).filter((row) => row !== undefined);
}

/** The row. @throws MalformedRow naming it, and what of it is wrong. */
export function wholeRow<Schema extends z.ZodType>(schema: Schema, row: unknown): z.output<Schema> {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  throw new MalformedRow(`The row ${JSON.stringify(keysOf(row))} cannot be read; wrong: ${wrongIn(parsed.error)}`);
}

/** The names of the fields that keep the row from being read; undefined when it can be. */
export function wrongFieldsOf(schema: z.ZodType, row: unknown): string | undefined {
  const { error } = schema.safeParse(row);
  return error && wrongIn(error);
}

function keysOf(row: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row ?? {}).filter(([name]) => KEYS.includes(name)));
}

function wrongIn({ issues }: z.ZodError): string {
  return issues.map(({ path }) => path.join('.') || 'the whole').join(', ');
}

/** A row that was looked for, for whom one that cannot be read must not stop. */
export type Found<Row> = Row | MalformedRow | undefined;

/** What a reader found that throws MalformedRow for a row that cannot be read. */
export async function orMalformed<Row>(read: Promise<Row>): Promise<Row | MalformedRow> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof MalformedRow) return error;
    throw error;
  }
}

export function isSound<Row extends object>(found: Found<Row>): found is Row {
  return found !== undefined && !(found instanceof MalformedRow);
}
