import { compileExpression, type Expression } from '../jsonata.ts';
import { isRecord, type Json } from '../json.ts';
import { isExpressionText, expressionOf } from '../template.ts';
import { expressionReferences } from './expression-references.ts';
import type { Finding } from './finding.ts';

/** Fields of `$states` that are only there in some places. */
export type StatesField = 'result' | 'errorOutput';
export type Available = ReadonlySet<StatesField>;
export const NO_STATES_FIELDS: Available = new Set();

/** Every expression in a field's value, at any depth, with its location. */
export function* expressionsIn(value: Json, location: string): Iterable<{ text: string; location: string }> {
  if (typeof value === 'string') {
    if (isExpressionText(value)) yield { text: expressionOf(value), location };
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* expressionsIn(item as Json, `${location}[${index}]`);
  } else if (isRecord(value)) {
    for (const [key, member] of Object.entries(value)) yield* expressionsIn(member, `${location}/${key}`);
  }
}

/** What AWS finds wrong with the expressions of a field when a machine is created. */
export function checkExpressions(value: Json, location: string, available: Available): Finding[] {
  return [...expressionsIn(value, location)].flatMap((expression) =>
    checkExpression(expression.text, available).map((finding) => ({ ...finding, location: expression.location })),
  );
}

function checkExpression(text: string, available: Available): Omit<Finding, 'location'>[] {
  let expression: Expression;
  try {
    expression = compileExpression(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [{ code: 'INVALID_JSONATA_EXPRESSION', message: error.message.replace(/^[A-Z]\d{4}: /, '') }];
  }
  const { document, hasRoot, statesFields } = expressionReferences(expression.ast);
  const messages = [
    ...document.map((name) => `Reference to '${name}' at the top level is not supported.`),
    ...(hasRoot ? ["Reference to '$$' is not supported."] : []),
    ...statesFields
      .filter((field) => isMissing(field, available))
      .map((field) => `Field '$states.${field}' does not exist.`),
  ];
  return messages.map((message) => ({ code: 'UNSUPPORTED_JSONATA_EXPRESSION', message }));
}

/** Other fields are undefined when the expression runs: AWS accepts them. */
function isMissing(field: string, available: Available): boolean {
  return (field === 'result' || field === 'errorOutput') && !available.has(field);
}
