import { QueryEvaluationFailure } from './errors.ts';
import { hasBoundedCost, type AstNode } from './evaluation/bounded-cost.ts';
import { parseExpression, type ParsedExpression } from './evaluation/evaluate.ts';
import { EvaluationFault, faultOf, isStackOverflow, isTimeout } from './evaluation/evaluation-fault.ts';
import { evaluationWorkers } from './evaluation/evaluation-workers.ts';
import { isRecord, type Json, type JsonRecord } from './json.ts';

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
 * X2  Evaluation is bounded in time, depth and memory as on AWS, and keeps nobody else waiting: here runs what ends
 *     soon; what does not, or may not (regular expressions, recursion, texts of a computed length), runs in a thread
 *     that is ended after AWS's second. Both give the same value.
 * X3  A plain path such as `$states.input.order.id` is walked directly; it asks JSONata only where an array on
 *     the way makes JSONata's flattening rules apply. Both give the same value.
 */
export interface Expression {
  readonly text: string;
  readonly ast: AstNode;
  evaluate(scope: Scope, location: string): Json | Promise<Json>;
}

/**
 * How long an expression may take here, by the clock on the wall: then it begins anew in a thread of its own. Many
 * that are under way together share that time, so that less would send away what only waits its turn.
 */
const MAX_MS_HERE = 200;
const PLAIN_PATH = /^\$([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*)*)$/;
const WORDS_OF_JSONATA = new Set(['and', 'or', 'in', 'true', 'false', 'null', 'function']);
const MAX_CACHED = 5000;
const cache = new Map<string, Expression>();

/** Compiles an expression, once per text. @throws SyntaxError with JSONata's message, or for one that is too deep. */
export function compileExpression(text: string): Expression {
  const known = cache.get(text);
  if (known) return known;
  const expression = compileWithinStack(text);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(text, expression);
  return expression;
}

function compileWithinStack(text: string): Expression {
  try {
    return compile(text);
  } catch (error) {
    if (!isStackOverflow(error)) throw error;
    throw new SyntaxError('The expression is too deeply nested', { cause: error });
  }
}

function compile(text: string): Expression {
  const parsed = parseExpression(text, MAX_MS_HERE);
  const evaluateFully = evaluator(parsed, text);
  const path = plainPathOf(text);
  if (!path) return { text, ast: parsed.ast, evaluate: evaluateFully };
  return {
    text,
    ast: parsed.ast,
    evaluate: (scope, location) => walk(path, scope) ?? evaluateFully(scope, location),
  };
}

function evaluator(parsed: ParsedExpression, text: string): Expression['evaluate'] {
  const evaluate = hasBoundedCost(parsed.ast) ? evaluateHere(parsed, text) : evaluateElsewhere(text);
  return async (scope, location) => {
    try {
      return await evaluate(scope);
    } catch (error) {
      if (!(error instanceof EvaluationFault)) throw error;
      const cause = `The JSONata expression '${text}' specified for the field '${location}' ${error.message}`;
      throw new QueryEvaluationFailure(location, cause);
    }
  };
}

/** On this thread, unless it takes too long: expressions have no effects, so that they can begin anew. */
function evaluateHere(parsed: ParsedExpression, text: string): (scope: Scope) => Promise<Json> {
  const elsewhere = evaluateElsewhere(text);
  return async (scope) => {
    try {
      return await parsed.evaluate(scope);
    } catch (error) {
      if (isTimeout(error)) return elsewhere(scope);
      throw faultOf(error);
    }
  };
}

function evaluateElsewhere(text: string): (scope: Scope) => Promise<Json> {
  return ({ states, variables, nowMs }) => {
    // Spread, so that members that are computed when they are read cross as what they are.
    return evaluationWorkers.evaluate(text, { states: { ...states }, variables, nowMs });
  };
}

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
