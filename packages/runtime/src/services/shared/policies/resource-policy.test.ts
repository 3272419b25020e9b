import { describe, expect, test } from 'vitest';
import { policyAllows } from './resource-policy.ts';

describe('a policy lets a service send', () => {
  const rule = 'arn:aws:events:us-east-1:000000000000:rule/r';
  const caller = { service: 'events.amazonaws.com', sourceArn: rule, accountId: '000000000000' };
  const request = { action: 'sqs:SendMessage', resource: 'arn:aws:sqs:us-east-1:000000000000:q', caller };
  const allow = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage' };
  const enforceTls = {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 'sqs:*',
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const forRule = (operator: string, value: string): object => ({
    ...allow,
    Condition: { [operator]: { 'aws:SourceArn': value } },
  });

  test.each<[string, object[], boolean]>([
    ['when a statement allows it', [allow], true],
    ['for this rule', [forRule('ArnEquals', rule)], true],
    ['for rules like this', [forRule('ArnLike', 'arn:aws:events:*:*:rule/*')], true],
    ['not for another rule', [forRule('ArnEquals', `${rule}2`)], false],
    ['for this account', [{ ...allow, Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } } }], true],
    ['beside a demand for TLS', [enforceTls, allow], true],
    ['not when denied', [allow, { ...allow, Effect: 'Deny' }], false],
    ['not for another service', [{ ...allow, Principal: { Service: 's3.amazonaws.com' } }], false],
    ['not for another action', [{ ...allow, Action: ['sqs:ReceiveMessage', 'sqs:GetQueueUrl'] }], false],
    ['for everyone', [{ ...allow, Principal: '*', Action: 'SQS:*' }], true],
    ['for resources like this', [{ ...allow, Resource: 'arn:aws:sqs:*:*:q' }], true],
    ['not for another resource', [{ ...allow, Resource: 'arn:aws:sqs:us-east-1:000000000000:p' }], false],
    ['where a denial is for another source', [allow, { ...forRule('ArnNotEquals', rule), Effect: 'Deny' }], true],
    ['not where a denial is for all but another', [allow, { ...forRule('ArnNotLike', '*:x'), Effect: 'Deny' }], false],
    ['not where a denial is not understood', [allow, { ...forRule('DateLessThan', '1'), Effect: 'Deny' }], false],
    ['not by an element that is not understood', [{ ...allow, NotAction: 'sqs:ReceiveMessage' }], false],
    ['when only denials stand there', [enforceTls], false],
    [
      'not under a condition that is not understood',
      [{ ...allow, Condition: { DateGreaterThan: { 'aws:CurrentTime': '2020' } } }],
      false,
    ],
  ])('%s', (_name, Statement, expected) => {
    expect(policyAllows(JSON.stringify({ Statement }), request)).toBe(expected);
  });

  test('never without a policy', () => {
    expect(policyAllows(undefined, request)).toBe(false);
  });

  test.each([
    ['without a policy', undefined, true],
    ['that is not denied', JSON.stringify({ Statement: [enforceTls] }), true],
    ['that is denied', JSON.stringify({ Statement: { ...allow, Principal: '*', Effect: 'Deny' } }), false],
  ])('and a caller of the account %s: %s', (_name, policy, expected) => {
    expect(policyAllows(policy, { ...request, caller: { accountId: '000000000000' } })).toBe(expected);
  });
});
