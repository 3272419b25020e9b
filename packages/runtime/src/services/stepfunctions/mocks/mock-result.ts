import { isRecord, type Json, type State } from '@order-workflow/states-language';
import { AwsError } from '../../shared/aws-error.ts';
import { RESULT_MODELS, type Shape } from './result-models.ts';

/** How a mock's result is checked: with required fields, only the fields that are there, or not at all. */
export const VALIDATION_MODES = ['STRICT', 'PRESENT', 'NONE'] as const;
export type ValidationMode = (typeof VALIDATION_MODES)[number];

/**
 * Checks what a test gives as a task's result against the API model of the call. Fields that the model does not have
 * are taken, as a later version of the service may have them.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
 * @throws AwsError ValidationException with the words of AWS.
 */
export function checkMockResult(state: State, result: Json, mode: ValidationMode): void {
  if (state.type === 'Map' || state.type === 'Parallel') return checkGroupResult(state, result);
  if (state.type !== 'Task' || mode === 'NONE') return;
  const { resourceType, resource, pattern } = state.resource;
  const model = pattern === 'requestResponse' ? RESULT_MODELS[`${resourceType}:${resource}`] : undefined;
  if (model) checkShape(result, 'result', { shape: model, mode });
}

function checkGroupResult(state: State, result: Json): void {
  if (!Array.isArray(result)) throw invalid('Mocked result must be an array.');
  if (state.type === 'Parallel' && result.length !== state.branches.length) {
    throw invalid('Mocked result must contain the same number of items as number of Parallel branches.');
  }
}

interface Expected {
  readonly shape: Shape;
  readonly mode: ValidationMode;
}

/** @param field the name of the field that holds the value. */
function checkShape(value: Json, field: string, { shape, mode }: Expected): void {
  const fault = (what: string): AwsError => schemaFault(`Field '${field}' ${what}`);
  switch (shape.kind) {
    case 'anything':
      return;
    case 'boolean':
      if (typeof value !== 'boolean') throw fault('must be a boolean');
      return;
    case 'number':
      if (typeof value !== 'number') throw fault('must be a number');
      if (value < (shape.min ?? -Infinity)) throw fault('is less than the minimum value');
      if (value > (shape.max ?? Infinity)) throw fault('exceeds the maximum value');
      return;
    case 'string':
      if (typeof value !== 'string') throw fault('must be a string');
      if (value.length < (shape.minLength ?? 0)) throw fault('is smaller than the minimum length');
      if (shape.values && !shape.values.includes(value)) throw fault('is not an expected value');
      return;
    case 'list':
      if (!Array.isArray(value)) throw fault('must be an array');
      for (const item of value) checkShape(item as Json, field, { shape: shape.of(), mode });
      return;
    case 'map':
      if (!isRecord(value)) throw fault('must be an object');
      for (const [key, member] of Object.entries(value)) checkShape(member, key, { shape: shape.of(), mode });
      return;
    case 'record':
      if (!isRecord(value)) throw fault('must be an object');
      return checkFields(value, shape, mode);
  }
}

function checkFields(
  value: Readonly<Record<string, Json>>,
  { fields, required = [] }: Extract<Shape, { kind: 'record' }>,
  mode: ValidationMode,
): void {
  const missing = mode === 'STRICT' ? required.find((name) => !Object.hasOwn(value, name)) : undefined;
  if (missing !== undefined) throw schemaFault(`Required field '${missing}' is missing`);
  for (const [name, shape] of Object.entries(fields)) {
    const member = Object.hasOwn(value, name) ? value[name] : undefined;
    if (member !== undefined) checkShape(member, name, { shape, mode });
  }
}

function schemaFault(what: string): AwsError {
  return invalid(`Mock result schema validation error: ${what}`);
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
