import jsonata from 'jsonata';
import type { Json, JsonRecord } from '../json.ts';
import { stepFunctionsJsonata } from '../jsonata-functions.ts';
import type { AstNode } from './bounded-cost.ts';
import { describeJsonataError, faultOf } from './evaluation-fault.ts';
import { MAX_EVALUATION_DEPTH, MAX_SEQUENCE_LENGTH } from './limits.ts';
import { plainJson } from './plain-json.ts';

/** What an expression is evaluated on, as plain data. */
export interface EvaluationInput {
  /** `$states`; its members may be computed when they are read. */
  readonly states: object;
  readonly variables: JsonRecord;
  readonly nowMs: number;
}

export interface ParsedExpression {
  readonly ast: AstNode;
  /**
   * @throws EvaluationFault; JSONata's own timeout error, when it took longer than the expression was given.
   */
  evaluate(input: EvaluationInput): Promise<Json>;
}

/** Parses an expression that may run for `timeoutMs`. @throws SyntaxError with JSONata's message. */
export function parseExpression(text: string, timeoutMs: number): ParsedExpression & { engine: jsonata.Expression } {
  const engine = compile(text, timeoutMs);
  const readsTime = /\$(now|millis)\b/.test(text);
  return {
    engine,
    ast: engine.ast() as unknown as AstNode,
    async evaluate({ states, variables, nowMs }) {
      const bindings = { ...variables, ...(readsTime && timeFunctions(nowMs)), states };
      return plainJson(await engine.evaluate(undefined, bindings));
    },
  };
}

function compile(text: string, timeoutMs: number): jsonata.Expression {
  let engine: jsonata.Expression;
  try {
    engine = jsonata(text, { timeout: timeoutMs, stack: MAX_EVALUATION_DEPTH, sequence: MAX_SEQUENCE_LENGTH });
  } catch (error) {
    throw new SyntaxError(describeJsonataError(error), { cause: error });
  }
  for (const [name, implementation] of Object.entries(stepFunctionsJsonata)) {
    engine.registerFunction(name, implementation);
  }
  engine.assign('eval', undefined); // AWS has none: a call is "Attempted to invoke a non-function".
  return engine;
}

/** As `evaluate`, with every error as the fault that it stands for. @throws EvaluationFault. */
export async function evaluateOrFault(expression: ParsedExpression, input: EvaluationInput): Promise<Json> {
  try {
    return await expression.evaluate(input);
  } catch (error) {
    throw faultOf(error);
  }
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
