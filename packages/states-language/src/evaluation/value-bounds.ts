import jsonata from 'jsonata';
import { EvaluationFault, MEMORY_EXCEEDED } from './evaluation-fault.ts';
import { BYTES_PER_NUMBER, MAX_VALUE_BYTES } from './limits.ts';
import { plainJson } from './plain-json.ts';

/** A function as JSONata keeps it. */
interface NativeFunction {
  readonly _jsonata_function: true;
  implementation(this: unknown, ...args: unknown[]): unknown;
}

/** Functions that can make a huge value in one go, and what is known of its size before. */
const CHECKS: Readonly<Record<string, (...args: unknown[]) => void>> = {
  pad: (_, width) => checkBytes(Math.abs(Number(width))),
  join: (texts, separator) => {
    if (!Array.isArray(texts)) return;
    const separators = String(separator ?? '').length * texts.length;
    checkBytes(texts.reduce((bytes: number, text) => bytes + String(text).length, separators));
  },
  string: (value) => {
    if (typeof value === 'object' && value !== null) measure(value);
  },
};
const native = new Map<string, NativeFunction>();
for (const name of Object.keys(CHECKS)) {
  native.set(name, (await jsonata(`$${name}`).evaluate(undefined)) as NativeFunction);
}

/**
 * Holds every value of an evaluation to AWS's bound: before the functions that make one at a stroke, and after each
 * step. Costs a turn of the event loop's microtasks a step.
 */
export function boundValues(engine: jsonata.Expression): void {
  for (const [name, check] of Object.entries(CHECKS)) {
    const original = native.get(name)!;
    engine.assign(name, {
      ...original,
      implementation(this: unknown, ...args: unknown[]) {
        check(...args);
        return original.implementation.apply(this, args);
      },
    });
  }
  // JSONata calls what is bound to this name after each step.
  assignSymbol(engine, Symbol.for('jsonata.__evaluate_exit'), (...[, , , result]: unknown[]) => {
    if (typeof result === 'string') checkBytes(result.length);
    else if (Array.isArray(result)) checkBytes(result.length * BYTES_PER_NUMBER);
  });
}

function assignSymbol(engine: jsonata.Expression, name: symbol, value: unknown): void {
  engine.assign(name as unknown as string, value); // Its types know names only.
}

function checkBytes(bytes: number): void {
  if (bytes > MAX_VALUE_BYTES) throw new EvaluationFault(MEMORY_EXCEEDED);
}

/** Functions inside a value are the caller's matter. */
function measure(value: object): void {
  try {
    plainJson(value);
  } catch (error) {
    if (error instanceof EvaluationFault && error.message === MEMORY_EXCEEDED) throw error;
  }
}
