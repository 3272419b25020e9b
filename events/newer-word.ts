import * as z from 'zod';

/** How words of our closed lists are written, also those that are not known yet. */
const WORD = /^[A-Z][A-Z0-9_]{0,63}$/;

/**
 * A word of a closed list, or one that a newer version added to it (docs/decisions/0027). It is kept and passed on. The
 * type does not say so, because nobody can name what is not known: whoever has an answer for each word has one for any
 * other too.
 */
export function orNewer<Values extends Readonly<Record<string, string>>>(
  list: z.ZodEnum<Values>,
): z.ZodType<z.infer<z.ZodEnum<Values>>, z.infer<z.ZodEnum<Values>>> {
  const newer = z
    .string()
    .regex(WORD, 'expected a word in upper case')
    .meta({ description: 'Added by a newer version' });
  return z.union([list, newer]) as unknown as z.ZodType<z.infer<z.ZodEnum<Values>>, z.infer<z.ZodEnum<Values>>>;
}
