import { describe, expect, test } from 'vitest';
import { ENVIRONMENTS } from './config.ts';
import { listOf, type Statement, statementsByRole } from './testing/permissions.ts';
import { resourcesOf, synthesizedStack, type TemplateResource } from './testing/synthesized-stack.ts';

/** What holds of every policy in every environment. What each function may do is in function-permissions.test.ts. */

/** Actions of which AWS says that they take no resource: traces, the delivery of a workflow's log, alarms of CodeDeploy. */
const WITHOUT_RESOURCE = new Set([
  'cloudwatch:DescribeAlarms',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
]);

describe.each(Object.values(ENVIRONMENTS))('in $name', (settings) => {
  const template = synthesizedStack(settings);

  test('no policy of a role, queue, topic or key has a wildcard in an action', () => {
    const allowed = policyDocuments(template.toJSON() as unknown)
      .flatMap(({ Statement }) => Statement)
      .filter(({ Effect }) => Effect === 'Allow')
      .filter((statement) => !isAccountOwnerOfKey(statement));
    const actions = allowed.flatMap(({ Action }) => listOf(Action));
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('a role may act on all resources only where the action takes none', () => {
    const actions = [...statementsByRole(template).values()]
      .flat()
      .filter(({ Resource }) => listOf(Resource).includes('*'))
      .flatMap(({ Action }) => listOf(Action));
    expect(actions.filter((action) => !WITHOUT_RESOURCE.has(action))).toEqual([]);
  });

  test('an AWS service gets into a queue, a key or a role of ours only on behalf of our account, rule or bus', () => {
    const ofServices = policyDocuments(template.toJSON() as unknown)
      .flatMap(({ Statement }) => Statement)
      .filter(({ Principal }) => /"Service":"(events|cloudwatch|states)\./u.test(JSON.stringify(Principal) ?? ''));
    expect(ofServices.length).toBeGreaterThan(0);
    const acts = ofServices.filter(({ Action }) => Action !== 'kms:DescribeKey'); // looking at a key opens nothing
    expect(
      acts.filter(({ Condition }) => !/aws:Source(Arn|Account)|event-bus:arn/u.test(JSON.stringify(Condition) ?? '')),
    ).toEqual([]);
  });

  test('what a role may do fits into it (IAM quotas: 10,240 characters of inline policies)', () => {
    const lengths = [...statementsByRole(template).values()].map((statements) => JSON.stringify(statements).length);
    expect(lengths.length).toBeGreaterThan(30);
    expect(Math.max(...lengths)).toBeLessThan(10_240);
  });

  test('no role has a policy of AWS attached', () => {
    const roles: TemplateResource[] = Object.values(resourcesOf(template, 'AWS::IAM::Role'));
    const attached = roles.flatMap(({ Properties }) => (Properties.ManagedPolicyArns ?? []) as { Ref?: string }[]);
    // A policy of the stack's own, for operators, is referred to.
    expect(attached.filter(({ Ref }) => Ref === undefined)).toEqual([]);
  });
});

/** Every policy document anywhere in the template. */
function policyDocuments(node: unknown): { Statement: Statement[] }[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = 'Statement' in node && 'Version' in node ? [node as { Statement: Statement[] }] : [];
  return [...own, ...Object.values(node).flatMap(policyDocuments)];
}

/** Without this statement nobody could change the key's policy any more. */
function isAccountOwnerOfKey({ Action, Principal }: Statement): boolean {
  return Action === 'kms:*' && JSON.stringify(Principal).includes(':root');
}
