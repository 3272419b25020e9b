import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { onlyResource, resourcesOf, testApp } from '../testing/synthesized-stack.ts';
import { EDGE_REGION, EdgeStack, type EdgeStackProps } from './edge-stack.ts';

const NOTHING = { pageDomain: undefined, hostedZoneId: undefined, alarmEmail: undefined };

function edge(props: Partial<EdgeStackProps> = {}): { stack: EdgeStack; template: Template } {
  const stack = new EdgeStack(testApp(), 'Edge', { ...NOTHING, ...props });
  return { stack, template: Template.fromStack(stack) };
}

const bare = edge();
const whole = edge({ pageDomain: 'shop.de', hostedZoneId: 'Z123', alarmEmail: 'oncall@shop.de' });

interface Rule {
  readonly Name: string;
  readonly Priority: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- a deep literal of the template, compared with literals
  readonly Statement: any;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly Action?: any;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly OverrideAction?: any;
}

const { Scope, DefaultAction, Rules, CustomResponseBodies } = onlyResource(
  bare.template,
  'AWS::WAFv2::WebACL',
).Properties;
const rules = Rules as Rule[];

test('it stands in the one region that CloudFront takes web ACLs and certificates from, wherever the shop is', () => {
  expect(bare.stack.region).toBe(EDGE_REGION);
  expect(EDGE_REGION).toBe('us-east-1');
  expect(Scope).toBe('CLOUDFRONT');
});

describe('the web ACL', () => {
  test('lets in what no rule refuses', () => {
    expect(DefaultAction).toEqual({ Allow: {} });
    expect(rules.map(({ Priority }) => Priority)).toEqual(rules.map((_rule, index) => index));
  });

  test('limits checkouts and sign-ins of an address, requests of a token, and all of an address', () => {
    const limits = rules.flatMap(({ Name, Statement: { RateBasedStatement: rate } }) =>
      rate === undefined ? [] : [[Name, rate.AggregateKeyType, rate.Limit, rate.EvaluationWindowSec]],
    );
    expect(limits).toEqual([
      ['CheckoutsOfAddress', 'IP', 100, 300],
      ['SignInsOfAddress', 'IP', 300, 300],
      ['RequestsOfToken', 'CUSTOM_KEYS', 1500, 300],
      ['RequestsOfAddress', 'IP', 3000, 300],
    ]);
  });

  test('answers a limit as the API does, with the time until it is over', () => {
    const actions = rules.filter(({ Statement }) => 'RateBasedStatement' in Statement).map(({ Action }) => Action);
    for (const { Block } of actions) {
      expect(Block.CustomResponse).toMatchObject({
        ResponseCode: 429,
        ResponseHeaders: [{ Name: 'Retry-After', Value: '300' }],
      });
      const body = CustomResponseBodies[Block.CustomResponse.CustomResponseBodyKey as string].Content as string;
      expect(JSON.parse(body)).toMatchObject({ status: 429, code: 'TOO_MANY_REQUESTS' });
    }
    expect(actions).toHaveLength(4);
  });

  test('is not passed by an escape in the path', () => {
    const paths = JSON.stringify(rules).match(/"UriPath":\{\}[^\]]*\]/gu) ?? [];
    expect(paths).toHaveLength(2);
    for (const path of paths) expect(path).toContain('URL_DECODE');
  });

  test('blocks what AWS knows to be bad, and not only counts it', () => {
    const managed = rules.filter(({ Statement }) => 'ManagedRuleGroupStatement' in Statement);
    expect(managed.map(({ Name, OverrideAction }) => [Name, OverrideAction])).toEqual([
      ['AWSManagedRulesAmazonIpReputationList', { None: {} }],
      ['AWSManagedRulesKnownBadInputsRuleSet', { None: {} }],
    ]);
  });
});

test('the domain gets its certificate by a record of its zone', () => {
  expect(onlyResource(whole.template, 'AWS::CertificateManager::Certificate').Properties).toMatchObject({
    DomainName: 'shop.de',
    ValidationMethod: 'DNS',
    DomainValidationOptions: [{ DomainName: 'shop.de', HostedZoneId: 'Z123' }],
  });
  expect(Object.keys(whole.template.findOutputs('*')).toSorted()).toEqual(['PageCertificateArn', 'WebAclArn']);
});

test('a domain that is entered elsewhere is proven there', () => {
  const { template } = edge({ pageDomain: 'shop.de' });
  const { DomainValidationOptions } = onlyResource(template, 'AWS::CertificateManager::Certificate').Properties;
  expect(DomainValidationOptions).toBeUndefined();
});

test('without a domain there is no certificate, and without an address an alarm that shows in the console', () => {
  expect(Object.keys(resourcesOf(bare.template, 'AWS::CertificateManager::Certificate'))).toEqual([]);
  expect(onlyResource(bare.template, 'AWS::CloudWatch::Alarm').Properties.AlarmActions).toBeUndefined();
  expect(Object.keys(bare.template.findOutputs('*'))).toEqual(['WebAclArn']);
});

test('many refused requests ring, by the metric that the web ACL writes', () => {
  const { Dimensions, AlarmActions, OKActions } = onlyResource(whole.template, 'AWS::CloudWatch::Alarm').Properties;
  const { MetricName } = onlyResource(whole.template, 'AWS::WAFv2::WebACL').Properties.VisibilityConfig;
  expect(Dimensions).toContainEqual({ Name: 'WebACL', Value: MetricName });
  expect(['All', 'Default_Action']).not.toContain(MetricName); // WAF's own
  const [[topicId] = []] = Object.entries(resourcesOf(whole.template, 'AWS::SNS::Topic'));
  expect([AlarmActions, OKActions]).toEqual([[{ Ref: topicId }], [{ Ref: topicId }]]);
});
