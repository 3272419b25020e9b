import * as z from 'zod';

/** Texts of people, in any script. They are kept in one normal form, so that equal texts are equal. */

/**
 * Characters that end a line, steer a terminal, or make a text read as another one; and those that stand for what was
 * lost (U+FFFD) or are none (U+FDD0, U+FFFE).
 */
const UNPRINTABLE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufff9-\uffff]/;
/** The same without tabs and ends of lines. */
const UNPRINTABLE_IN_LINES =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufff9-\uffff]/;

/** Blank to the eye, some of them letters by their category: fillers of Hangul, the empty Braille cell. */
const BLANK = /[\s\u00ad\u115f\u1160\u180e\u200b\u2060\u2800\u3164\uffa0]/;
/** What can be seen. Joiners, marks and selectors are part of names and emoji, but no text by themselves. */
const VISIBLE = /(?![\u115f\u1160\u2800\u3164\uffa0])[\p{L}\p{N}\p{P}\p{S}]/u;

/** One line of text that people read. Lengths are in characters (code points). */
export function line(minLength: number, maxLength: number) {
  return text({ minLength, maxLength, unprintable: UNPRINTABLE });
}

/** The same, of several lines. */
export function lines(minLength: number, maxLength: number) {
  return text({ minLength, maxLength, unprintable: UNPRINTABLE_IN_LINES });
}

interface TextRules {
  readonly minLength: number;
  readonly maxLength: number;
  readonly unprintable: RegExp;
}

function text({ minLength, maxLength, unprintable }: TextRules) {
  return z
    .string()
    .normalize('NFC')
    .overwrite(trimmed)
    .refine((content) => lengthOf(content) <= maxLength, `expected at most ${maxLength} characters`)
    .refine((content) => minLength === 0 || VISIBLE.test(content), 'expected text that can be seen')
    .refine((content) => lengthOf(content) >= minLength, `expected at least ${minLength} characters`)
    .refine((content) => !unprintable.test(content), 'expected printable characters')
    .meta({
      override: {
        type: 'string',
        ...(minLength > 0 && { minLength }),
        maxLength,
        pattern: patternOf(unprintable, minLength > 0),
      },
    });
}

/** The rules for whoever knows only the API's description. Blanks around the text are taken off before they hold. */
function patternOf({ source }: RegExp, isNeeded: boolean): string {
  return `^${isNeeded ? `(?=[^]*${VISIBLE.source})` : ''}${source.replace('[', '[^')}*$`;
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
