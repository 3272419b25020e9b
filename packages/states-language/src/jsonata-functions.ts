import { createHash, randomUUID } from 'node:crypto';

/**
 * The functions that Step Functions adds to JSONata. Each answers undefined for an undefined first argument, as
 * JSONata's own functions do.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#jsonata-functions-provided-by-sfn
 */
export const stepFunctionsJsonata = {
  partition(list: unknown, size: unknown): unknown {
    if (list === undefined) return undefined;
    if (!Array.isArray(list)) throw new TypeError('$partition expects an array as its first argument');
    const length = wholeNumber('$partition', 'chunk size', size);
    if (length < 1) throw new RangeError('$partition expects a chunk size of at least 1');
    return Array.from({ length: Math.ceil(list.length / length) }, (_, chunk) =>
      list.slice(chunk * length, (chunk + 1) * length),
    );
  },

  range(first: unknown, last: unknown, step: unknown = 1): unknown {
    if (first === undefined) return undefined;
    const from = wholeNumber('$range', 'start', first);
    const to = wholeNumber('$range', 'end', last);
    const by = wholeNumber('$range', 'step', step);
    if (by === 0) throw new RangeError('$range expects a step other than 0');
    const length = Math.max(0, Math.floor((to - from) / by) + 1);
    if (length > LONGEST_RANGE) throw new RangeError(`$range would give more than ${LONGEST_RANGE} numbers`);
    return Array.from({ length }, (_, index) => from + index * by);
  },

  hash(data: unknown, algorithm: unknown): unknown {
    if (data === undefined) return undefined;
    const nodeName = HASHES[String(algorithm)];
    if (!nodeName) throw new TypeError(`$hash expects one of ${Object.keys(HASHES).join(', ')}`);
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    return createHash(nodeName).update(text).digest('hex');
  },

  random(seed: unknown): number {
    return seed === undefined ? Math.random() : seededRandom(wholeNumber('$random', 'seed', seed));
  },

  uuid: (): string => randomUUID(),

  parse(text: unknown): unknown {
    if (text === undefined) return undefined;
    if (typeof text !== 'string') throw new TypeError('$parse expects a string');
    return JSON.parse(text);
  },

  eval(): never {
    throw new Error('$eval is not supported; use $parse to deserialize JSON');
  },
} as const;

/** As States.ArrayRange, which $range replaces. */
const LONGEST_RANGE = 1000;

const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

function wholeNumber(caller: string, argument: string, value: unknown): number {
  if (!Number.isFinite(value)) throw new TypeError(`${caller} expects a number as its ${argument}`);
  return Math.floor(value as number); // The guide: numbers that are no integers are rounded down.
}

/** Mulberry32: the same seed gives the same number, evenly spread. */
function seededRandom(seed: number): number {
  let mixed = (seed + 0x6d2b79f5) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
