/** Why a text is not the JSON that we take. Fixed words: the text may hold anything and is never quoted. */
export class StrictJsonError extends Error {
  override readonly name = 'StrictJsonError';
}

const MAX_DEPTH = 16;

/** Keys that change an object's prototype where code copies fields carelessly. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * JSON of which every reader has the same idea (RFC 7493, I-JSON): no duplicate keys, no lone surrogates, no number that
 * a double rounds to another one. And none that attacks its reader: bounded depth, no prototype keys.
 * @throws StrictJsonError
 */
export function parseStrictJson(text: string): unknown {
  checkStructure(text);
  const value = parse(text);
  // Only an escape can spell a lone surrogate in a text that is itself well-formed.
  if (!text.isWellFormed() || (text.includes('\\u') && !isWellFormed(value))) {
    throw new StrictJsonError('a string holds half a character (lone surrogate)');
  }
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text, exactNumber as (key: string, value: unknown) => unknown) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new StrictJsonError('not JSON'); // the engine's message quotes the text
  }
}

/** @param written the number as it is in the text. @throws StrictJsonError when it is not the number that was read. */
function exactNumber(_key: string, value: unknown, { source: written }: { readonly source?: string } = {}): unknown {
  const isRounded =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    written !== undefined &&
    decimal(written) !== decimal(String(value));
  if (isRounded) throw new StrictJsonError('a number has more digits than can be kept');
  return value;
}

/** The number in one spelling: its digits without zeros at either end, and the exponent of the last one. */
function decimal(number: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/(?<!0)0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

interface Container {
  /** Keys so far; undefined for an array. */
  readonly keys: Set<string> | undefined;
  awaitsKey: boolean;
}

/** One pass before parsing, so that depth is known before anything recurses. Text that is not JSON passes here. */
function checkStructure(text: string): void {
  const open: Container[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    const inside = open.at(-1);
    if (character === '"') {
      const end = endOfString(text, at);
      if (inside?.keys !== undefined && inside.awaitsKey) takeKey(inside, text.slice(at, end + 1));
      at = end;
    } else if (character === '{' || character === '[') {
      if (open.length === MAX_DEPTH) throw new StrictJsonError(`nested deeper than ${MAX_DEPTH} levels`);
      open.push({ keys: character === '{' ? new Set() : undefined, awaitsKey: character === '{' });
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === ',' && inside !== undefined) {
      inside.awaitsKey = true;
    }
  }
}

function takeKey(container: Container, quoted: string): void {
  const key = parse(quoted) as string;
  if (FORBIDDEN_KEYS.has(key)) throw new StrictJsonError('a key is not allowed');
  if (container.keys?.has(key)) throw new StrictJsonError('a key stands twice in one object');
  container.keys?.add(key);
  container.awaitsKey = false;
}

/** Index of the quote that ends the string which begins at `start`; the end of the text when none does. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, inner]) => key.isWellFormed() && isWellFormed(inner));
}
