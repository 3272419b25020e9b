import * as z from 'zod';
import { MalformedPayload } from './errors.ts';

/** What a function was invoked with, as it expects it. @throws MalformedPayload (terminal) saying what does not fit. */
export function parsePayload<Schema extends z.ZodType>(schema: Schema, payload: unknown): z.output<Schema> {
  const parsed = schema.safeParse(payload);
  if (!parsed.success) throw new MalformedPayload(z.prettifyError(parsed.error), { cause: parsed.error });
  return parsed.data;
}
