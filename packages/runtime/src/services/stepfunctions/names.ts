import type { StackIdentity } from '../../assembly/resource-type.ts';
import { AwsError } from '../shared/aws-error.ts';

export const MAX_NAME_LENGTH = 80;
/** White space, brackets, wildcards, `"#%\^|~`$&,;:/` and control characters may not stand in a name. */
// oxlint-disable-next-line no-control-regex -- the rule names control characters.
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

/** @throws AwsError InvalidName. */
export function checkName(name: unknown): string {
  if (typeof name !== 'string' || name.length === 0 || name.length > MAX_NAME_LENGTH || FORBIDDEN.test(name)) {
    throw new AwsError('InvalidName', `Invalid Name: '${String(name)}'`);
  }
  return name;
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

/** @throws AwsError InvalidArn; ValidationException for a state inside the machine (`…:name/label`), as documented. */
export function parseMachineArn(arn: unknown): MachineReference {
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

/** @throws AwsError InvalidArn. */
export function checkExecutionArn(arn: unknown): string {
  if (typeof arn !== 'string' || !EXECUTION_ARN.test(arn)) throw invalidArn(arn);
  return arn;
}
