import { isRecord } from '@order-workflow/states-language';
import { AwsError } from '../aws-error.ts';
import models from './input-models.json' with { type: 'json' };

/**
 * What a request, or a part of it, may hold: `[model]` is a list, `{"*": model}` a map, any other object a structure
 * by its members. A `time` is seconds since 1970, or text.
 */
export type InputModel =
  | 'string'
  | 'number'
  | 'boolean'
  | 'time'
  | 'anything'
  | readonly [InputModel]
  | { readonly [member: string]: InputModel };

const MODELS = new Map(Object.entries(models as unknown as Readonly<Record<string, InputModel>>));

/** The model of an operation's input, e.g. of `AmazonSQS.SendMessage`. Undefined for what no SDK knows. */
export function inputModel(operation: string): InputModel | undefined {
  return MODELS.get(operation);
}

/**
 * The value as its operation gets it: what the model does not know is left out, and so is a null for a member, which
 * counts as absent. A null in a list or a map is refused (Smithy's protocol tests, RestJsonBodyMalformedListNullItem
 * and RestJsonBodyMalformedMapNullValue).
 * @throws AwsError SerializationException, with words of our own.
 */
export function fitted(value: unknown, model: InputModel, at = ''): unknown {
  if (typeof model === 'string') return fittedScalar(value, model, at);
  if (isList(model)) {
    if (!Array.isArray(value)) throw mismatch(at, 'a list', value);
    return value.map((member, index) => fitted(member, model[0], `${at}[${index}]`));
  }
  if (!isRecord(value)) throw mismatch(at, 'an object', value);
  const ofAll = model['*'];
  const members = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    const wanted = ofAll ?? (Object.hasOwn(model, name) ? model[name] : undefined);
    if (wanted === undefined || (member === null && !ofAll)) return [];
    return [[name, fitted(member, wanted, at === '' ? name : `${at}.${name}`)]];
  });
  return Object.fromEntries(members);
}

function fittedScalar(value: unknown, model: InputModel & string, at: string): unknown {
  const type = value === null ? 'null' : typeof value;
  const fits = model === 'time' ? type === 'number' || type === 'string' : type === model;
  if (fits || model === 'anything') return value;
  throw mismatch(at, model === 'time' ? 'a time' : `a ${model}`, value);
}

function isList(model: InputModel): model is readonly [InputModel] {
  return Array.isArray(model);
}

function mismatch(at: string, expected: string, value: unknown): AwsError {
  return new AwsError('SerializationException', `${at || 'The request'} must be ${expected}; it is ${kindOf(value)}.`);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return `a ${typeof value}`;
}
