import * as z from 'zod';
import { defineEvent, type EventDefinition } from '../define-event.ts';

/** What the next version of a publisher may add: any JSON. */
export const ADDED_FIELD = { addedLater: { note: 'Happy birthday', counts: [2, 1.5], isGift: true, nothing: null } };

/** The detail with a field more in every object of it, at any depth: an event of a newer publisher. */
export function newerDetail<Detail>(detail: Detail): Detail {
  return withField(detail) as Detail;
}

function withField(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withField);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, withField(field)]);
  return { ...Object.fromEntries(fields), ...ADDED_FIELD };
}

/** The event as the next version of the shop defines it: with an optional field more. */
export function newerDefinition({ source, detailType, published }: EventDefinition<z.ZodObject>) {
  const detail = published.safeExtend({ addedLater: z.looseObject({ note: z.string() }).optional() });
  return defineEvent(source, detailType as `${string}.v${number}`, detail);
}
