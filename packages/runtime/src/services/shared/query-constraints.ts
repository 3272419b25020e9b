import { AwsError } from './aws-error.ts';

/** What a parameter of a query API must be, as its API reference has it. */
export interface ParameterConstraint {
  /** Begins with a capital, as it is sent; messages begin it with a small letter. */
  readonly name: string;
  readonly isRequired?: boolean;
  /** Of a text. */
  readonly length?: { readonly min: number; readonly max?: number };
  /** As AWS prints it; the whole text must match. */
  readonly pattern?: string;
  /** Of a whole number. */
  readonly value?: { readonly min: number; readonly max: number };
}

/**
 * Refuses every parameter that breaks a constraint, all of them in one message. AWS's words, as these threads quote them:
 * aws/aws-sdk-cpp#1252 (missing), newscorpaus/consigliere#18 (several; the pattern stands before the length),
 * nubisproject/nubis-ci#54 and humanmade/cf-to-tf#5 (pattern). A number that is none: not proven.
 * @throws AwsError ValidationError.
 */
export function checkParameters(parameters: URLSearchParams, constraints: readonly ParameterConstraint[]): void {
  const broken = constraints.flatMap((constraint) => {
    const value = parameters.get(constraint.name);
    const shown = value === null ? 'null' : `'${value}'`;
    const member = constraint.name.charAt(0).toLowerCase() + constraint.name.slice(1);
    const say = (must: string) => `Value ${shown} at '${member}' failed to satisfy constraint: Member must ${must}`;
    return brokenBy(value, constraint).map(say);
  });
  if (broken.length === 0) return;
  const count = broken.length === 1 ? '1 validation error' : `${broken.length} validation errors`;
  throw new AwsError('ValidationError', `${count} detected: ${broken.join('; ')}`);
}

function brokenBy(text: string | null, { isRequired, pattern, length, value }: ParameterConstraint): string[] {
  if (text === null) return isRequired === true ? ['not be null'] : [];
  const broken: string[] = [];
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(text))
    broken.push(`satisfy regular expression pattern: ${pattern}`);
  if (length !== undefined) broken.push(...outside(text.length, { ...length, of: 'length' }));
  if (value !== undefined)
    broken.push(...(/^-?\d{1,15}$/.test(text) ? outside(Number(text), { ...value, of: 'value' }) : ['be an integer']));
  return broken;
}

function outside(
  size: number,
  { min, max = Infinity, of }: { readonly min: number; readonly max?: number; readonly of: 'length' | 'value' },
): string[] {
  if (size < min) return [`have ${of} greater than or equal to ${min}`];
  return size > max ? [`have ${of} less than or equal to ${max}`] : [];
}
