import jsonata from 'jsonata';
import { QueryEvaluationFailure } from './errors.ts';
import { isRecord, type Json, type JsonRecord } from './json.ts';
import { stepFunctionsJsonata } from './jsonata-functions.ts';

/** What an expression may refer to: `$states`, the variables in scope, and the time for `$now()` and `$millis()`. */
export interface Scope {
  readonly states: StatesVariable;
  readonly variables: JsonRecord;
  readonly nowMs: number;
}

export interface StatesVariable {
  readonly input: Json;
  /** Built only when an expression asks for it. */
  readonly context: JsonRecord;
  readonly result?: Json;
  readonly errorOutput?: JsonRecord;
}

/**
 * One compiled JSONata expression.
 *
 * X1  An undefined result, a function or a number that JSON cannot hold is a QueryEvaluationFailure.
 * X2  Evaluation is bounded in time, depth and sequence length; regular expressions and $pad are not (foreign
 *     definitions belong into a process of their own).
 * X3  A plain path such as `$states.input.order.id` is walked directly; it asks JSONata only where an array on
 *     the way makes JSONata's flattening rules apply. Both give the same value.
 */
export interface Expression {
  readonly text: string;
  evaluate(scope: Scope, location: string): Json | Promise<Json>;
}

const GUARDS = { timeout: 1000, stack: 500, sequence: 100_000 } as const;
const PLAIN_PATH = /^\$([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*)*)$/;
const WORDS_OF_JSONATA = new Set(['and', 'or', 'in', 'true', 'false', 'null', 'function']);
const MOST_CACHED = 5000;
const cache = new Map<string, Expression>();

/** Compiles an expression, once per text. @throws SyntaxError with JSONata's message and position. */
export function compileExpression(text: string): Expression {
  const known = cache.get(text);
  if (known) return known;
  const expression = compile(text);
  if (cache.size >= MOST_CACHED) cache.clear();
  cache.set(text, expression);
  return expression;
}

function compile(text: string): Expression {
  const evaluateFully = compileFully(text);
  const path = plainPathOf(text);
  if (!path) return { text, evaluate: evaluateFully };
  return {
    text,
    evaluate: (scope, location) => walk(path, scope) ?? evaluateFully(scope, location),
  };
}

function compileFully(text: string): Expression['evaluate'] {
  let compiled: jsonata.Expression;
  try {
    compiled = jsonata(text, GUARDS);
  } catch (error) {
    throw new SyntaxError(describeJsonataError(error), { cause: error });
  }
  for (const [name, implementation] of Object.entries(stepFunctionsJsonata)) {
    compiled.registerFunction(name, implementation);
  }
  const readsTime = /\$(now|millis)\b/.test(text);
  return async (scope, location) => {
    let result: unknown;
    try {
      result = await compiled.evaluate(undefined, {
        ...scope.variables,
        ...(readsTime ? timeFunctions(scope.nowMs) : undefined),
        states: scope.states,
      });
    } catch (error) {
      const reason = describeJsonataError(error);
      throw new QueryEvaluationFailure(
        location,
        `The JSONata expression '${text}' specified for the field '${location}' threw an error during evaluation. ${reason}`,
      );
    }
    return toJson(result, text, location);
  };
}

/** $now and $millis read the injected clock instead of the machine's. */
function timeFunctions(nowMs: number): Record<string, unknown> {
  return {
    millis: () => nowMs,
    now: (picture?: string, timezone?: string) =>
      formatTime.evaluate(undefined, { nowMs, picture, timezone }) as Promise<string>,
  };
}
const formatTime = jsonata('$fromMillis($nowMs, $picture, $timezone)');

function plainPathOf(text: string): string[] | undefined {
  const match = PLAIN_PATH.exec(text);
  if (!match) return undefined;
  const steps = match[2] ? match[2].slice(1).split('.') : [];
  if (steps.some((step) => WORDS_OF_JSONATA.has(step))) return undefined;
  return [match[1]!, ...steps];
}

/** The value at a plain path, or undefined where JSONata has to decide (nothing there, or an array on the way). */
function walk(path: readonly string[], scope: Scope): Json | undefined {
  const root = path[0]!;
  let value: unknown = root === 'states' ? scope.states : ownValue(scope.variables, root);
  for (let step = 1; step < path.length; step += 1) {
    if (!isRecord(value)) return undefined;
    value = step === 1 && root === 'states' ? (value as JsonRecord)[path[1]!] : ownValue(value, path[step]!);
  }
  return value as Json | undefined;
}

function ownValue(record: JsonRecord, key: string): Json | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function toJson(result: unknown, text: string, location: string): Json {
  const fail = (what: string): never => {
    throw new QueryEvaluationFailure(
      location,
      `The JSONata expression '${text}' specified for the field '${location}' returned ${what}.`,
    );
  };
  if (result === undefined) return fail('nothing (undefined)');
  return normalise(result, fail);
}

interface MaybeSequence extends ReadonlyArray<unknown> {
  readonly sequence?: boolean;
}

/** Same value as plain JSON: JSONata's sequences (arrays with own marks) become arrays, undefined members go. */
function normalise(value: unknown, fail: (what: string) => never): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value : fail('a number that JSON cannot hold');
  if (typeof value === 'function') return fail('a function');
  if (typeof value !== 'object' || value === null) return value as Json;
  if (Array.isArray(value)) {
    const items = value.map((item) => normalise(item, fail));
    const isPlain = !(value as MaybeSequence).sequence && items.every((item, index) => item === value[index]);
    return isPlain ? (value as Json) : items;
  }
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) return fail('a function');
  return normaliseRecord(value as Record<string, unknown>, fail);
}

function normaliseRecord(record: Record<string, unknown>, fail: (what: string) => never): Json {
  let copy: Record<string, Json> | undefined;
  for (const [key, member] of Object.entries(record)) {
    const plain = normalise(member, fail);
    if (plain === member && plain !== undefined) continue;
    copy ??= { ...(record as Record<string, Json>) };
    if (plain === undefined) delete copy[key];
    else copy[key] = plain;
  }
  return copy ?? (record as Json);
}

function describeJsonataError(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ? `${code}: ${message ?? ''}` : (message ?? String(error));
}
