/** What stands in a text in the place of somebody's name or address. */
export const ERASED = '[erased]';

/** Shorter words are no names that tell anybody, and parts of other words. */
const MIN_CHARACTERS = 3;

/** Tells what of a text is somebody's. */
export type EraseFrom = (text: string) => string;

/** What tells who somebody is. */
export interface Identifiers {
  /** Each word of a name counts by itself, since "Mrs Doe" says enough. */
  readonly names: readonly string[];
  /** Mail addresses, streets, names of accounts: as a whole. */
  readonly addresses: readonly string[];
}

/** Takes a person out of texts that others wrote: whole words only, in any case. */
export function eraserOf({ names, addresses }: Identifiers): EraseFrom {
  const words = [...addresses, ...names, ...names.flatMap((name) => name.split(/[\s,]+/u))];
  const wanted = [...new Set(words.map((word) => word.normalize('NFC').trim()))]
    .filter((word) => word.length >= MIN_CHARACTERS && !/^\d+$/u.test(word))
    .toSorted((a, b) => b.length - a.length);
  if (wanted.length === 0) return (text) => text;
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}])(?:${wanted.map((word) => RegExp.escape(word)).join('|')})(?![\\p{L}\\p{N}])`,
    'giu',
  );
  return (text) => text.normalize('NFC').replaceAll(pattern, ERASED);
}

/** The value with every text in it as `erase` leaves it; names of members stay. */
export function erasedIn(value: unknown, erase: EraseFrom): unknown {
  if (typeof value === 'string') return erase(value);
  if (Array.isArray(value)) return value.map((member) => erasedIn(member, erase));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, erasedIn(member, erase)]));
}
