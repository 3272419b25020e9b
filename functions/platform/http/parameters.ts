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

/** Without a comma: with one, nobody could tell it from two copies of the header, which API Gateway joins. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x2b\x2d-\x7e]{1,255}$/, 'expected one key of 1 to 255 visible ASCII characters, no space or comma')
  .meta({
    description:
      'A new value, such as a UUID, for each thing that must happen only once. Repeat it when you repeat the request',
  });
