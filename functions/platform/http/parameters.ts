import * as z from 'zod';

/** What requests of several services have in common. Descriptions go into the API's description. */

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** How many rows a page has at most. */
export const Limit = z
  .string()
  .regex(/^\d{1,3}$/, `expected a number from 1 to ${MAX_LIMIT}`)
  .transform(Number)
  .pipe(z.int().min(1).max(MAX_LIMIT))
  .default(DEFAULT_LIMIT)
  .meta({
    description: 'How many entries a page has at most',
    override: ({ jsonSchema }) => {
      delete jsonSchema.pattern; // the text's own
      Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT });
    },
  });

export const Cursor = z.string().min(1).max(2048).meta({ description: 'The `nextCursor` of the previous page' });

/** A date or a moment, in UTC. @param whole which end of a whole day, or of a whole millisecond, is meant. */
function momentAt(whole: 'first' | 'last', description: string) {
  return z
    .union([z.iso.date(), z.iso.datetime()], 'expected a date, or a date and time in UTC')
    .transform((text) => (whole === 'first' ? firstMillisecondOf(text) : lastMillisecondOf(text)).toISOString())
    .meta({ description, override: { type: 'string', examples: ['2026-01-15', '2026-01-15T09:30:00.000Z'] } });
}

/** Of what is asked for. Orders are placed at whole milliseconds: one that is only begun lies before `from`. */
function firstMillisecondOf(text: string): Date {
  const isBegun = /\.\d{3}\d*[1-9]\d*Z$/.test(text);
  return new Date(new Date(text).getTime() + (isBegun ? 1 : 0));
}

function lastMillisecondOf(text: string): Date {
  return new Date(text.includes('T') ? text : `${text}T23:59:59.999Z`);
}

/** Between which moments orders were placed. */
export const Period = {
  from: momentAt('first', 'Orders placed at this time or later. A date means the whole day').optional(),
  to: momentAt('last', 'Orders placed at this time or earlier. A date means the whole day').optional(),
};

/** For `refine` of a query with a period. */
export const isPeriod = [
  ({ from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }): boolean =>
    from === undefined || to === undefined || from <= to,
  { path: ['to'], error: 'expected a moment that is not before `from`' },
] satisfies [unknown, unknown];

/** Without a comma: with one, nobody could tell it from two copies of the header, which API Gateway joins. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x2b\x2d-\x7e]{1,255}$/, 'expected one key of 1 to 255 visible ASCII characters, no space or comma')
  .meta({
    description:
      'A new value, such as a UUID, for each thing that must happen only once. Repeat it when you repeat the request',
  });
