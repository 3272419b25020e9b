import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { SECURITY_HEADERS } from '../../../web/security-headers.ts';
import { ENVIRONMENTS } from '../../config.ts';
import { onlyResource, resourcesOf, synthesizedStack } from '../../testing/synthesized-stack.ts';

const prod = synthesizedStack(ENVIRONMENTS.prod);
const { DistributionConfig } = onlyResource(prod, 'AWS::CloudFront::Distribution').Properties;
const behaviours = DistributionConfig.CacheBehaviors as {
  readonly PathPattern: string;
  readonly TargetOriginId: string;
}[];

/** AWS's own policies (CloudFront developer guide, "Use managed cache policies", "… origin request policies"). */
const NOT_CACHED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_BUT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

describe('what the page calls', () => {
  test.each([
    ['api/*', /execute-api/u],
    ['oauth2/token', /^"?\{?.*customers/u],
    ['operators/oauth2/token', /operators/u],
  ])('%s goes on over TLS, uncached, with everything but the host', (pattern, host) => {
    const { TargetOriginId, ...behaviour } = behaviours.find(({ PathPattern }) => PathPattern === pattern)!;
    const origin = (
      DistributionConfig.Origins as { Id: string; DomainName: unknown; CustomOriginConfig: object }[]
    ).find(({ Id }) => Id === TargetOriginId)!;
    expect(JSON.stringify(origin.DomainName)).toMatch(host);
    expect(origin.CustomOriginConfig).toMatchObject({ OriginProtocolPolicy: 'https-only' });
    expect(behaviour).toMatchObject({
      CachePolicyId: NOT_CACHED,
      OriginRequestPolicyId: ALL_BUT_HOST,
      ViewerProtocolPolicy: 'https-only',
    });
  });

  test.each([
    ['/api/products/CUP', '/products/CUP'],
    ['/api/', '/'],
    ['/operators/oauth2/token', '/oauth2/token'],
    ['/api/products/a%2Fb', '/products/a%2Fb'],
  ])('%s is asked as %s', (uri, expected) => {
    const code = readFileSync('infra/constructs/web-page/strip-first-segment.js', 'utf8');
    const { FunctionCode } = onlyResource(prod, 'AWS::CloudFront::Function').Properties;
    expect(FunctionCode).toBe(code);
    const request = runInNewContext(`${code}; handler(event)`, { event: { request: { uri } } }) as { uri: string };
    expect(request.uri).toBe(expected);
  });
});

test('every file has the headers that the gateway of one machine gives, and is to be had over TLS only', () => {
  const { SecurityHeadersConfig, CustomHeadersConfig } = onlyResource(prod, 'AWS::CloudFront::ResponseHeadersPolicy')
    .Properties.ResponseHeadersPolicyConfig;
  const given = {
    'content-security-policy': SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy,
    'x-content-type-options': SecurityHeadersConfig.ContentTypeOptions.Override === true ? 'nosniff' : undefined,
    'referrer-policy': SecurityHeadersConfig.ReferrerPolicy.ReferrerPolicy,
    ...Object.fromEntries(
      (CustomHeadersConfig.Items as { Header: string; Value: string }[]).map(({ Header, Value }) => [Header, Value]),
    ),
  };
  expect(given).toEqual(SECURITY_HEADERS);
  expect(SecurityHeadersConfig.StrictTransportSecurity.AccessControlMaxAgeSec).toBeGreaterThan(30_000_000);
  const [[policyId] = []] = Object.entries(resourcesOf(prod, 'AWS::CloudFront::ResponseHeadersPolicy'));
  expect(DistributionConfig.DefaultCacheBehavior).toMatchObject({
    ResponseHeadersPolicyId: { Ref: policyId },
    ViewerProtocolPolicy: 'redirect-to-https',
  });
});

test('nobody but this distribution reads the files', () => {
  const [bucketId] = Object.keys(resourcesOf(prod, 'AWS::S3::Bucket')).filter((id) => id.includes('Files'));
  const [distributionId] = Object.keys(resourcesOf(prod, 'AWS::CloudFront::Distribution'));
  for (const { Properties } of Object.values(resourcesOf(prod, 'AWS::S3::Bucket'))) {
    expect(Object.values(Properties.PublicAccessBlockConfiguration as object)).toEqual([true, true, true, true]);
  }
  const policy = Object.values(resourcesOf(prod, 'AWS::S3::BucketPolicy')).find(
    ({ Properties }) => Properties.Bucket.Ref === bucketId,
  )!.Properties.PolicyDocument;
  const allowed = (
    policy.Statement as { Effect: string; Principal: unknown; Condition: unknown; Action: unknown }[]
  ).filter(({ Effect }) => Effect === 'Allow');
  expect(allowed.map(({ Principal }) => Principal)).toEqual(
    allowed.map(() => ({ Service: 'cloudfront.amazonaws.com' })),
  );
  for (const { Condition } of allowed) expect(JSON.stringify(Condition)).toContain(`{"Ref":"${distributionId}"}`);
  expect(allowed.flatMap(({ Action }) => Action).toSorted()).toEqual(['s3:GetObject', 's3:ListBucket']);
});

describe('the address', () => {
  const conditionOf = (value: { 'Fn::If': [string, unknown, unknown] }) => {
    const [name, given, otherwise] = value['Fn::If'];
    return { asks: prod.findConditions(name)[name], given, otherwise };
  };
  const isGiven = (parameter: string) => ({ 'Fn::Not': [{ 'Fn::Equals': [{ Ref: parameter }, ''] }] });
  const nothing = { Ref: 'AWS::NoValue' };

  test('is a domain with its certificate and TLS 1.2 where the deployment names one, otherwise CloudFront’s', () => {
    expect(conditionOf(DistributionConfig.Aliases)).toEqual({
      asks: isGiven('PageDomain'),
      given: [{ Ref: 'PageDomain' }],
      otherwise: nothing,
    });
    expect(conditionOf(DistributionConfig.ViewerCertificate)).toEqual({
      asks: isGiven('PageDomain'),
      given: {
        AcmCertificateArn: { Ref: 'PageCertificateArn' },
        SslSupportMethod: 'sni-only',
        MinimumProtocolVersion: 'TLSv1.2_2021',
      },
      otherwise: nothing,
    });
  });

  test('is entered in the hosted zone where the deployment names one', () => {
    const records = Object.values(
      prod.toJSON().Resources as Record<
        string,
        { Type: string; Condition?: string; Properties: Record<string, unknown> }
      >,
    ).filter(({ Type }) => Type === 'AWS::Route53::RecordSet');
    expect(records.map(({ Properties }) => [Properties['Type'], Properties['Name']])).toEqual([
      ['A', { Ref: 'PageDomain' }],
      ['AAAA', { Ref: 'PageDomain' }],
    ]);
    for (const { Condition } of records) {
      expect(prod.findConditions(Condition!)[Condition!]).toEqual(isGiven('HostedZoneId'));
    }
  });

  test('has a web ACL before it, which production cannot leave out', () => {
    expect(conditionOf(DistributionConfig.WebACLId)).toEqual({
      asks: isGiven('WebAclArn'),
      given: { Ref: 'WebAclArn' },
      otherwise: nothing,
    });
    expect(prod.findParameters('WebAclArn')['WebAclArn']).not.toHaveProperty('Default');
  });

  test('that names a certificate or a zone without a domain is refused before anything is made', () => {
    const { Rules } = prod.toJSON() as { Rules: Record<string, { Assertions: unknown[] }> };
    expect(Rules['DomainHasCertificate']?.Assertions).toHaveLength(2);
  });

  test('is where customers come back to from their bank, unless the shop has another page', () => {
    const charge = Object.values(resourcesOf(prod, 'AWS::Lambda::Function')).find(
      ({ Properties }) => Properties.Handler === 'charge-payment.handler',
    )!;
    const { asks, given, otherwise } = conditionOf(charge.Properties.Environment.Variables.PAYMENT_RETURN_URL);
    expect([asks, given]).toEqual([isGiven('PaymentReturnUrl'), { Ref: 'PaymentReturnUrl' }]);
    expect(JSON.stringify(otherwise)).toContain('/returned.html');
  });
});

test('its access log ends when that of the API ends, for it knows addresses too', () => {
  const log = Object.entries(resourcesOf(prod, 'AWS::S3::Bucket')).find(([id]) => id.includes('AccessLog'))!;
  expect(log[1].Properties.LifecycleConfiguration.Rules).toMatchObject([
    { ExpirationInDays: ENVIRONMENTS.prod.accessLogRetention, Status: 'Enabled' },
  ]);
  expect(JSON.stringify(DistributionConfig.Logging.Bucket)).toContain(log[0]);
});
