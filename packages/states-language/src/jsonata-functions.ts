import { createHash, randomUUID } from 'node:crypto';
import { EvaluationFault, MEMORY_EXCEEDED } from './evaluation/evaluation-fault.ts';
import { MAX_RANGE_LENGTH } from './evaluation/limits.ts';

/**
 * The functions that Step Functions adds to JSONata. Each answers undefined for an undefined first argument, as
 * JSONata's own functions do. What they give for arguments that make no sense, rounding towards zero and the numbers
 * of $random were measured on AWS (github.com/floci-io/floci, pull request 2676).
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#jsonata-functions-provided-by-sfn
 */
export const stepFunctionsJsonata = {
  partition(list: unknown, size?: unknown): unknown {
    if (list === undefined) return undefined;
    if (!Array.isArray(list)) throw new TypeError('$partition expects an array as its first argument');
    const length = size === undefined ? list.length : wholeNumber('$partition', 'chunk size', size);
    if (length < 0) throw new RangeError('$partition expects a chunk size of zero or greater');
    if (length === 0 || list.length === 0) return undefined;
    return Array.from({ length: Math.ceil(list.length / length) }, (_, chunk) =>
      list.slice(chunk * length, (chunk + 1) * length),
    );
  },

  range(first: unknown, last: unknown, step: unknown): unknown {
    if (first === undefined) return undefined;
    const from = wholeNumber('$range', 'start', first);
    const to = wholeNumber('$range', 'end', last);
    const by = step === undefined ? 0 : wholeNumber('$range', 'step', step);
    const length = by === 0 ? 0 : Math.floor((to - from) / by) + 1;
    if (length <= 0) return undefined;
    if (length > MAX_RANGE_LENGTH) throw new EvaluationFault(MEMORY_EXCEEDED);
    const numbers = Array.from({ length }, (_, index) => from + index * by);
    return length === 1 ? from : numbers;
  },

  hash(data: unknown, algorithm: unknown): unknown {
    if (data === undefined || algorithm === undefined) return undefined;
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
} as const;

const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

function wholeNumber(caller: string, argument: string, value: unknown): number {
  if (!Number.isFinite(value)) throw new TypeError(`${caller} expects a number as its ${argument}`);
  return Math.trunc(value as number);
}

/** The first `nextDouble()` of java.util.Random: `$random(42)` is 0.7275636800328681, as on AWS. */
function seededRandom(seed: number): number {
  let state = (BigInt(seed) ^ MULTIPLIER) & MASK;
  const next = (bits: number): number => {
    state = (state * MULTIPLIER + 0xbn) & MASK;
    return Number(state >> BigInt(STATE_BITS - bits));
  };
  return (next(26) * 2 ** 27 + next(27)) / 2 ** 53;
}
const MULTIPLIER = 0x5deece66dn;
const STATE_BITS = 48;
const MASK = (1n << 48n) - 1n;
