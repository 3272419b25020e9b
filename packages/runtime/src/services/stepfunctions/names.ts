import type { StackIdentity } from '../../assembly/resource-type.ts';
import { AwsError } from '../shared/aws-error.ts';
import { invalidMember } from './api-values.ts';

/** In characters, of which some take two places in a JavaScript string. */
export const MAX_NAME_LENGTH = 80;
/**
 * White space, brackets, wildcards, `"#%\^|~`$&,;:/`, control characters, halves of surrogate pairs and U+10FFFF may not
 * stand in a name; letters of any language may. @see API reference, StartExecution
 */
// oxlint-disable-next-line no-control-regex -- the rule names control characters.
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff\u{10ffff}]/u;

/** Length comes first, as on AWS. @throws AwsError ValidationException, InvalidName. */
export function checkName(given: unknown): string {
  const name = checkNameLength(given);
  if (FORBIDDEN.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
  return name;
}

/** @throws AwsError ValidationException. */
export function checkNameLength(name: unknown): string {
  if (typeof name !== 'string') throw invalidMember('name', null, 'Member must not be null');
  const length = Array.from(name).length;
  if (length === 0) throw invalidMember('name', name, 'Member must have length greater than or equal to 1');
  if (length <= MAX_NAME_LENGTH) return name;
  throw invalidMember('name', name, `Member must have length less than or equal to ${MAX_NAME_LENGTH}`);
}

export function machineArn(stack: Pick<StackIdentity, 'region' | 'accountId'>, name: string): string {
  return `arn:aws:states:${stack.region}:${stack.accountId}:stateMachine:${name}`;
}

export function executionArn(machine: string, name: string): string {
  return `${machine.replace(':stateMachine:', ':execution:')}:${name}`;
}

const MACHINE_ARN =
  /^(arn:aws[\w-]*:states:[\w-]+:\d{12}:stateMachine:[^:#/]+)(?<label>\/[^:#]+)?(?::(?<qualifier>[\w.-]+))?(?:#(?<testCase>.+))?$/;
const ROLE_ARN = /^arn:aws[\w-]*:iam::\d{12}:role\/.+$/;
const ACTIVITY_ARN = /^arn:aws[\w-]*:states:[\w-]+:\d{12}:activity:[^:]+$/;
const EXECUTION_ARN = /^arn:aws[\w-]*:states:[\w-]+:\d{12}:execution:[^:]+:[^:]+$/;

/** What the ARN of a state machine names: the machine itself, or something of it. */
export interface MachineReference {
  /** The machine's own ARN. */
  readonly machineArn: string;
  /** A version's number or an alias's name. */
  readonly qualifier: string | undefined;
  /** A test case of Step Functions Local. */
  readonly testCase: string | undefined;
}

/**
 * @param member of the request that the ARN is given in.
 * @throws AwsError InvalidArn; ValidationException for none, and for a state inside the machine (`…:name/label`), as
 * documented.
 */
export function parseMachineArn(arn: unknown, member = 'stateMachineArn'): MachineReference {
  if (arn === undefined || arn === null) throw invalidMember(member, null, 'Member must not be null');
  const match = typeof arn === 'string' ? MACHINE_ARN.exec(arn) : null;
  if (!match?.groups) throw invalidArn(arn);
  const { label, qualifier, testCase } = match.groups;
  if (label !== undefined) {
    throw new AwsError(
      'ValidationException',
      `The ARN names a Distributed Map state, not a state machine: '${String(arn)}'`,
    );
  }
  return { machineArn: match[1]!, qualifier, testCase };
}

/** Tags are of machines and of activities. */
export function isActivityArn(arn: unknown): arn is string {
  return typeof arn === 'string' && ACTIVITY_ARN.test(arn);
}

/** Names of aliases hold a letter, `_`, `-` or `.`, so that a qualifier of digits is always a version. */
export function isVersionNumber(qualifier: string): boolean {
  return /^\d+$/.test(qualifier);
}

/** The wording is recorded from AWS for what is no ARN at all. */
function invalidArn(arn: unknown): AwsError {
  const isArn = typeof arn === 'string' && arn.startsWith('arn:');
  return new AwsError('InvalidArn', `Invalid Arn: '${isArn ? '' : 'Invalid ARN prefix: '}${String(arn)}'`);
}

/** @throws AwsError InvalidArn; its words for a role are not proven. */
export function checkRoleArn(arn: string): string {
  if (ROLE_ARN.test(arn)) return arn;
  throw new AwsError('InvalidArn', `Invalid Role Arn: '${arn}'`);
}

/** @throws AwsError InvalidArn; ValidationException for none. */
export function checkExecutionArn(arn: unknown): string {
  if (arn === undefined || arn === null) throw invalidMember('executionArn', null, 'Member must not be null');
  if (typeof arn !== 'string' || !EXECUTION_ARN.test(arn)) throw invalidArn(arn);
  return arn;
}
