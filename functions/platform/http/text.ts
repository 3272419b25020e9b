import * as z from 'zod';

/** Texts of people, in any script. They are kept in one normal form, so that equal texts are equal. */

/** Characters that end a line, steer a terminal, or make a text read as another one. */
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/;
const LINE_BREAKS = /\r?\n|\t/g;

/** Blank to the eye, some of them letters by their category: fillers of Hangul, the empty Braille cell. */
const BLANK = /[\s\u00ad\u115f\u1160\u180e\u200b\u2060\u2800\u3164\uffa0]/;
/** What can be seen. Joiners, marks and selectors are part of names and emoji, but no text by themselves. */
const VISIBLE = /(?![\u115f\u1160\u2800\u3164\uffa0])[\p{L}\p{N}\p{P}\p{S}]/u;

/** One line of text that people read. Lengths are in characters (code points). */
export function line(minLength: number, maxLength: number) {
  return text(minLength, maxLength, (content) => !UNPRINTABLE.test(content));
}

/** The same, of several lines. */
export function lines(minLength: number, maxLength: number) {
  return text(minLength, maxLength, (content) => !UNPRINTABLE.test(content.replace(LINE_BREAKS, '')));
}

function text(minLength: number, maxLength: number, isPrintable: (content: string) => boolean) {
  return z
    .string()
    .normalize('NFC')
    .overwrite(trimmed)
    .refine((content) => lengthOf(content) <= maxLength, `expected at most ${maxLength} characters`)
    .refine((content) => minLength === 0 || VISIBLE.test(content), 'expected text that can be seen')
    .refine((content) => lengthOf(content) >= minLength, `expected at least ${minLength} characters`)
    .refine(isPrintable, 'expected printable characters')
    .meta({ override: { type: 'string', ...(minLength > 0 && { minLength }), maxLength } });
}

/** Without blanks around it: also those that `trim` leaves. Not by a pattern, which would look at a long run often. */
function trimmed(content: string): string {
  let start = 0;
  let end = content.length;
  while (start < end && BLANK.test(content.charAt(start))) start += 1;
  while (end > start && BLANK.test(content.charAt(end - 1))) end -= 1;
  return content.slice(start, end);
}

function lengthOf(content: string): number {
  return [...content].length;
}
