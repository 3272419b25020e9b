import { type CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { must, ok, raise, refused, type Environment, type Finding } from './finding.ts';

/** RFC 2606 and RFC 6761: hosts that are nobody's. */
const PLACEHOLDER = /(^|[@/.])(example(\.(com|net|org|edu))?|test|invalid|localhost)\.?(:\d+)?([/?]|$)/i;

/** What prod's deployment asks for (docs/decisions/0022). */
const ASKED_FOR = ['MailSender', 'AlarmEmail', 'WebAclArn'] as const;

/** The stack as it is deployed; undefined before the first deployment. */
export async function findStack(client: CloudFormationClient, StackName: string): Promise<Stack | undefined> {
  try {
    return (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
  } catch (error) {
    // CloudFormation has no error of its own for it.
    if (error instanceof Error && error.name === 'ValidationError' && error.message.includes('does not exist')) return;
    throw error;
  }
}

export function parametersOf(stack: Stack | undefined): Map<string, string> {
  return new Map(
    (stack?.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
  );
}

/** @param given parameters of the deployment to come, or of the one that stands. */
export function checkParameters(given: ReadonlyMap<string, string>, environment: Environment): Finding[] {
  const isProd = environment === 'prod';
  const deployWith = (names: readonly string[]): string =>
    [
      'npm run deploy --',
      ...(isProd ? ['-c environment=prod'] : []),
      ...names.map((name) => `--parameters ${name}=…`),
    ].join(' ');
  const missing = isProd ? ASKED_FOR.filter((name) => !given.has(name)) : [];
  const placeholders = [...given].filter(([name, value]) => name !== 'BootstrapVersion' && isPlaceholder(value));
  const judge = isProd ? must : raise;
  const findings = [
    ...(missing.length === 0 ? [] : [must('parameters', `${missing.join(', ')} not given yet`, deployWith(missing))]),
    ...placeholders.map(([name, value]) => judge(`parameter ${name}`, `${value} is a placeholder`, deployWith([name]))),
  ];
  return findings.length === 0 ? [ok('parameters', 'no placeholder among them')] : findings;
}

/** An address or a URL that is nobody's: to ask for it tells nothing. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value);
}

/** How CloudFormation left the stack: one that failed stands in the way of the next deployment. */
export function checkStackStatus(stack: Stack | undefined): Finding {
  const subject = 'stack';
  const { StackName = '', StackStatus = '' } = stack ?? {};
  if (stack === undefined) return ok(subject, 'not deployed yet');
  if (StackStatus === 'ROLLBACK_COMPLETE') {
    return must(subject, 'its creation failed', `aws cloudformation delete-stack --stack-name ${StackName}`);
  }
  if (StackStatus === 'UPDATE_ROLLBACK_FAILED') {
    return must(subject, StackStatus, `aws cloudformation continue-update-rollback --stack-name ${StackName}`);
  }
  return StackStatus.endsWith('_IN_PROGRESS')
    ? raise(subject, StackStatus, `aws cloudformation wait stack-update-complete --stack-name ${StackName}`)
    : ok(subject, StackStatus);
}

/** Looks a host up; `[]` or an error: there is none. */
export type LookUp = (host: string) => Promise<readonly unknown[]>;

/** The page that customers come back to from their bank. */
export async function checkReturnDomain(url: string, lookUp: LookUp): Promise<Finding> {
  const { hostname } = new URL(url);
  const subject = `domain ${hostname}`;
  try {
    const addresses = await lookUp(hostname);
    if (addresses.length > 0) return ok(subject, 'has an address');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTFOUND' && code !== 'ENODATA') return refused(subject, error, 'DNS look-ups');
  }
  return must(subject, 'has no address', 'enter one at your DNS provider, or give another PaymentReturnUrl');
}
