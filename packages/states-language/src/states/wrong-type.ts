import { QueryEvaluationFailure } from '../errors.ts';
import { jsonTypeOf, type Json } from '../json.ts';
import type { Template } from '../template.ts';

/** The failure of a field whose expression gave a value that the field cannot take. */
export function wrongType(field: Template, expected: string, value: Json): QueryEvaluationFailure {
  const { location = '', expression } = field;
  const what = expression === undefined ? 'value' : `JSONata expression '${expression}'`;
  return new QueryEvaluationFailure(
    location,
    `The ${what} specified for the field '${location}' returned an unexpected result type. Expected '${expected}', but was '${jsonTypeOf(value)}' for value: ${JSON.stringify(value)}`,
  );
}
