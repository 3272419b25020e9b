import type { Json } from '../json.ts';
import { EvaluationFault, MEMORY_EXCEEDED, NO_JSON_NUMBER, NOTHING, UNSUPPORTED_RESULT } from './evaluation-fault.ts';
import { BYTES_PER_NUMBER, MAX_SEQUENCE_LENGTH, MAX_VALUE_BYTES } from './limits.ts';

/**
 * A result of JSONata as plain JSON: sequences (arrays with own marks) become arrays, undefined members go.
 * @throws EvaluationFault for nothing at all, functions, numbers that JSON cannot hold, and values beyond AWS's bound.
 */
export function plainJson(result: unknown): Json {
  if (result === undefined) throw new EvaluationFault(NOTHING);
  return new Normaliser().value(result);
}

interface MaybeSequence extends ReadonlyArray<unknown> {
  readonly sequence?: boolean;
}

/** Counts what it visits: a value may hold the same part many times, and be small only until it is written out. */
class Normaliser {
  #bytes = 0;
  #parts = 0;

  value(value: unknown): Json {
    this.#count(value);
    if (typeof value === 'number' && !Number.isFinite(value)) throw new EvaluationFault(NO_JSON_NUMBER);
    if (typeof value === 'function') throw new EvaluationFault(UNSUPPORTED_RESULT);
    if (typeof value !== 'object' || value === null) return value as Json;
    if (Array.isArray(value)) return this.#list(value);
    if ('_jsonata_lambda' in value || '_jsonata_function' in value) throw new EvaluationFault(UNSUPPORTED_RESULT);
    return this.#record(value as Record<string, unknown>);
  }

  #list(value: MaybeSequence): Json {
    const items = value.map((item) => this.value(item));
    const isPlain = !value.sequence && items.every((item, index) => item === value[index]);
    return isPlain ? (value as Json) : items;
  }

  #record(record: Record<string, unknown>): Json {
    let copy: Record<string, Json> | undefined;
    for (const [key, member] of Object.entries(record)) {
      const plain = this.value(member);
      if (plain === member && plain !== undefined) continue;
      copy ??= { ...(record as Record<string, Json>) };
      if (plain === undefined) delete copy[key];
      else copy[key] = plain;
    }
    return copy ?? (record as Json);
  }

  #count(value: unknown): void {
    this.#parts += 1;
    if (typeof value === 'number') this.#bytes += BYTES_PER_NUMBER;
    else if (typeof value === 'string') this.#bytes += value.length;
    if (this.#bytes > MAX_VALUE_BYTES || this.#parts > MAX_PARTS) throw new EvaluationFault(MEMORY_EXCEEDED);
  }
}

/** The longest sequence, and the list that holds it. */
const MAX_PARTS = MAX_SEQUENCE_LENGTH + 1;
