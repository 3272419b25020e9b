import type { StackIdentity } from '../../assembly/resource-type.ts';
import { AwsError } from '../shared/aws-error.ts';

export const LONGEST_NAME = 80;
/** White space, brackets, wildcards, `"#%\^|~`$&,;:/` and control characters may not stand in a name. */
// oxlint-disable-next-line no-control-regex -- the rule names control characters.
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

/** @throws AwsError InvalidName. */
export function checkName(name: unknown): string {
  if (typeof name !== 'string' || name.length === 0 || name.length > LONGEST_NAME || FORBIDDEN.test(name)) {
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

const MACHINE_ARN = /^(arn:aws[\w-]*:states:[\w-]+:\d{12}:stateMachine:[^:#]+)(?::[^:#]+)?(?:#(.+))?$/;
const EXECUTION_ARN = /^arn:aws[\w-]*:states:[\w-]+:\d{12}:execution:[^:]+:[^:]+$/;

/**
 * The machine's own ARN of one that may carry a version or alias, and a test case of Step Functions Local.
 * @throws AwsError InvalidArn.
 */
export function parseMachineArn(arn: unknown): { arn: string; testCase: string | undefined } {
  const match = typeof arn === 'string' ? MACHINE_ARN.exec(arn) : null;
  if (!match) throw new AwsError('InvalidArn', `Invalid Arn: '${String(arn)}'`);
  return { arn: match[1]!, testCase: match[2] };
}

/** @throws AwsError InvalidArn. */
export function checkExecutionArn(arn: unknown): string {
  if (typeof arn !== 'string' || !EXECUTION_ARN.test(arn)) {
    throw new AwsError('InvalidArn', `Invalid Arn: '${String(arn)}'`);
  }
  return arn;
}
