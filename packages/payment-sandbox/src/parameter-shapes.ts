import { ApiFailure, invalidParameter } from './api-answer.ts';
import { parseForm, type FormObject, type FormValue } from './form-body.ts';

/** Parameters that are no plain text. */
const SHAPES: Readonly<Record<string, 'array' | 'object'>> = {
  allowed_payment_method_types: 'array',
  card: 'object',
  expand: 'array',
  metadata: 'object',
  payment_method_types: 'array',
};

/**
 * Refuses what the endpoint does not take, empty values, and values of another shape: what is not read must not look as
 * if it was. Words: stripe/stripe-cli#47 (`Invalid array`); those of an object and of a text are not proven.
 * @throws ApiFailure naming the first such parameter: unknown ones come first.
 */
export function allowOnly(form: FormObject, names: readonly string[]): void {
  for (const name of Object.keys(form)) {
    if (names.includes(name) || name === 'expand') continue;
    throw invalidParameter(name, `Received unknown parameter: ${name}`, 'parameter_unknown');
  }
  for (const [name, value] of Object.entries(form)) {
    if (value === '') throw empty(name);
    const shape = SHAPES[name] ?? 'string';
    if (shape !== shapeOf(value)) throw invalidParameter(name, `Invalid ${shape}`);
  }
  refuseExpansion(form['expand']);
}

/** The query of a GET, checked in the same way. @throws ApiFailure. */
export function allowOnlyInQuery(query: URLSearchParams, names: readonly string[]): FormObject {
  const form = formOf(query.toString());
  allowOnly(form, names);
  return form;
}

/** @throws ApiFailure for a name that is malformed. */
export function formOf(encoded: string): FormObject {
  try {
    return parseForm(encoded);
  } catch (error) {
    throw invalidParameter('body', error instanceof Error ? error.message : 'Malformed body');
  }
}

/** Nothing is expanded here. The provider says so only of what it cannot expand: Blueprinter/stripe-js.v3-using-elements#1. */
function refuseExpansion(expand: FormValue | undefined): void {
  if (!Array.isArray(expand)) return;
  const [first] = expand;
  const shown = typeof first === 'string' ? first.slice(0, 40) : '';
  throw new ApiFailure(400, {
    type: 'invalid_request_error',
    message: `This property cannot be expanded (${shown}).`,
  });
}

function shapeOf(value: FormValue): 'array' | 'object' | 'string' {
  if (typeof value === 'string') return 'string';
  return Array.isArray(value) ? 'array' : 'object';
}

function empty(name: string): ApiFailure {
  const message =
    `You passed an empty string for '${name}'. We assume empty values are an attempt to unset a parameter; however ` +
    `'${name}' cannot be unset. You should remove '${name}' from your request or supply a non-empty value.`;
  return invalidParameter(name, message, 'parameter_invalid_empty');
}
