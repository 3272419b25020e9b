import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Environment, Finding } from './finding.ts';
import { preflight } from './preflight.ts';
import { ok } from './finding.ts';
import { startAwsAccount, type AccountFacts, type AwsAccount } from './testing/aws-account.ts';

const WEB_ACL = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/Edge/1b2c';
const CERTIFICATE = 'arn:aws:acm:us-east-1:111122223333:certificate/1b2c';

/** An account that is ready, as years of use make it. */
const READY: AccountFacts = {
  bootstrapVersion: '28',
  concurrency: 1000,
  quotas: {
    states: [
      { name: 'Throttle token bucket size for StartExecution', value: 1300 },
      { name: 'Throttle token refill rate per second for StartExecution', value: 300 },
      { name: 'Throttle token refill rate per second for StateTransition', value: 5000 },
    ],
    'cognito-idp': [
      { name: 'Rate of UserAuthentication requests', value: 120 },
      { name: 'Rate of UserRead requests', value: 120 },
    ],
  },
  mail: {
    ProductionAccessEnabled: true,
    SendingEnabled: true,
    EnforcementStatus: 'HEALTHY',
    SendQuota: { Max24HourSend: 50_000, MaxSendRate: 14, SentLast24Hours: 3 },
  },
  identities: { 'shop.de': { IdentityType: 'DOMAIN', VerifiedForSendingStatus: true } },
  edge: {
    webAcls: [{ Name: 'Edge', Id: '1b2c' }],
    certificates: { [CERTIFICATE]: { DomainName: 'shop.de', Status: 'ISSUED', SubjectAlternativeNames: ['shop.de'] } },
    zones: { Z1: { name: 'shop.de', servers: ['ns-1.awsdns.com', 'ns-2.awsdns.net'] } },
  },
};

/** An account of today: with AWS's first quotas, and nothing done in it. */
const NEW: AccountFacts = {
  concurrency: 10,
  quotas: { states: READY.quotas['states']!.map(({ name }) => ({ name, value: 50 })) },
  mail: {
    ProductionAccessEnabled: false,
    SendingEnabled: true,
    EnforcementStatus: 'HEALTHY',
    SendQuota: { Max24HourSend: 200, MaxSendRate: 1, SentLast24Hours: 0 },
  },
  identities: {},
};

const PARAMETERS = {
  MailSender: 'orders@shop.de',
  AlarmEmail: 'oncall@shop.de',
  PaymentReturnUrl: 'https://shop.de/orders',
  WebAclArn: WEB_ACL,
};

/** With a domain of its own for the page. */
const DOMAIN = { ...PARAMETERS, PageDomain: 'shop.de', PageCertificateArn: CERTIFICATE, HostedZoneId: 'Z1' };

let account: AwsAccount;
beforeAll(async () => {
  account = await startAwsAccount(READY);
});
afterAll(() => account.close());

interface Flight {
  readonly environment?: Environment;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly hosts?: readonly string[];
  readonly nameServers?: readonly string[];
}

async function fly(facts: AccountFacts, flight: Flight = {}): Promise<Finding[]> {
  account.facts = facts;
  const {
    environment = 'prod',
    parameters = PARAMETERS,
    hosts = ['shop.de'],
    nameServers = ['ns-2.awsdns.net'],
  } = flight;
  const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
  return preflight({
    clientConfig: { endpoint: account.endpointUrl, region: 'eu-central-1', credentials, maxAttempts: 1 },
    environment,
    stackName: 'order-workflow-prod',
    parameters: new Map(Object.entries(parameters)),
    checkWebhook: () => Promise.resolve(ok('payment webhook', 'is as the shop reads it')),
    nameServersOf: () => Promise.resolve(nameServers),
    lookUp: (host) => Promise.resolve(hosts.includes(host) ? ['192.0.2.1'] : []),
  });
}

/** Subjects by verdict, with what mends each. */
const mendsOf = (findings: readonly Finding[]) =>
  Object.fromEntries(
    findings
      .filter(({ verdict }) => verdict !== 'ok')
      .map(({ subject, verdict, mend }) => [`${verdict} ${subject}`, mend]),
  );

function withCertificate(certificate: object): AccountFacts {
  return { ...READY, edge: { ...READY.edge, certificates: { [CERTIFICATE]: certificate } } };
}

test('a certificate that waits says what to enter', async () => {
  const record = { Name: '_a.shop.de.', Type: 'CNAME', Value: '_b.acm-validations.aws.' };
  const waiting = {
    DomainName: 'shop.de',
    Status: 'PENDING_VALIDATION',
    DomainValidationOptions: [{ ResourceRecord: record }],
  };
  expect(mendsOf(await fly(withCertificate(waiting), { parameters: DOMAIN }))).toEqual({
    'must certificate of shop.de': 'enter at your DNS provider: _a.shop.de. CNAME _b.acm-validations.aws.',
  });
});

test('an account that is ready has nothing to mend', async () => {
  const findings = await fly(READY);
  expect(findings.map(({ subject, verdict }) => [subject, verdict])).toEqual(
    [
      'credentials',
      'region',
      'bootstrap',
      'Lambda concurrency',
      'Step Functions starts',
      'Step Functions transitions',
      'Cognito sign-ins',
      'Cognito look-ups',
      'SES sandbox',
      'SES sending',
      'SES quota',
      'stack',
      'parameters',
      'web ACL',
      'SES identity shop.de',
      'domain shop.de',
    ].map((subject) => [subject, 'ok']),
  );
});

test('a new account is told each thing that a deployment would fail at, with the command', async () => {
  expect(mendsOf(await fly(NEW))).toEqual({
    'must bootstrap': 'npx cdk bootstrap aws://111122223333/eu-central-1',
    'must Lambda concurrency': expect.stringContaining('--service-code lambda --quota-code L-B99A9384'),
    'raise Step Functions starts': expect.stringContaining(
      '--service-code states --quota-code L-1 --desired-value 150',
    ),
    'raise Step Functions transitions': expect.stringContaining('--quota-code L-2'),
    'raise Cognito sign-ins': expect.stringContaining('Service Quotas, cognito-idp'),
    'raise Cognito look-ups': expect.stringContaining('Service Quotas, cognito-idp'),
    'must SES sandbox': expect.stringContaining('aws sesv2 put-account-details --production-access-enabled'),
    'raise SES quota': expect.any(String),
    'must web ACL': 'npm run deploy:edge',
    'must SES identity shop.de': 'npm run deploy:foundation -- -c mailDomain=shop.de',
  });
});

test('a developer’s stack may live in the sandbox and with placeholders', async () => {
  const dev = await fly(NEW, { environment: 'dev', parameters: { MailSender: 'orders@example.com' } });
  expect(dev.filter(({ verdict }) => verdict === 'must').map(({ subject }) => subject)).toEqual([
    'bootstrap',
    'Lambda concurrency',
  ]);
});

test.each<[string, AccountFacts, Flight, string]>([
  [
    'the provider’s webhook of a deployed stack',
    { ...READY, stack: { status: 'UPDATE_COMPLETE', parameters: {} } },
    {},
    'ok payment webhook',
  ],
  ['a creation that failed', { ...READY, stack: { status: 'ROLLBACK_COMPLETE', parameters: {} } }, {}, 'must stack'],
  [
    'a rollback that failed',
    { ...READY, stack: { status: 'UPDATE_ROLLBACK_FAILED', parameters: {} } },
    {},
    'must stack',
  ],
  ['a deployment under way', { ...READY, stack: { status: 'UPDATE_IN_PROGRESS', parameters: {} } }, {}, 'raise stack'],
  [
    'a mail domain before the rest is given',
    NEW,
    { parameters: { MailSender: 'o@shop.de' } },
    'must SES identity shop.de',
  ],
  ['a parameter that is not given', READY, { parameters: { MailSender: 'orders@shop.de' } }, 'must parameters'],
  [
    'a placeholder',
    READY,
    { parameters: { ...PARAMETERS, AlarmEmail: 'me@example.org' } },
    'must parameter AlarmEmail',
  ],
  [
    'a placeholder of the deployed stack',
    { ...READY, stack: { status: 'CREATE_COMPLETE', parameters: { PaymentReturnUrl: 'https://example.com/orders' } } },
    { parameters: { MailSender: 'o@shop.de', AlarmEmail: 'o@shop.de', WebAclArn: WEB_ACL } },
    'must parameter PaymentReturnUrl',
  ],
  ['a host without an address', READY, { hosts: [] }, 'must domain shop.de'],
  [
    'an identity that nobody verified',
    { ...READY, identities: { 'shop.de': { VerifiedForSendingStatus: false, DkimAttributes: { Tokens: ['t1'] } } } },
    {},
    'must SES identity shop.de',
  ],
  ['a domain that is ready', READY, { parameters: DOMAIN }, 'ok certificate of shop.de'],
  ['a zone that the world asks', READY, { parameters: DOMAIN }, 'ok zone of shop.de'],
  ['a zone that nobody asks', READY, { parameters: DOMAIN, nameServers: [] }, 'must zone of shop.de'],
  [
    'a zone beside the one that is asked',
    READY,
    { parameters: DOMAIN, nameServers: ['ns.registrar.de'] },
    'must zone of shop.de',
  ],
  ['another domain’s zone', READY, { parameters: { ...DOMAIN, PageDomain: 'myshop.de' } }, 'must zone of myshop.de'],
  ['a zone that is gone', READY, { parameters: { ...DOMAIN, HostedZoneId: 'Z2' } }, 'must zone of shop.de'],
  [
    'a domain that is entered by hand, later',
    READY,
    { parameters: { ...DOMAIN, HostedZoneId: '', PageDomain: 'www.shop.de' } },
    'raise domain www.shop.de',
  ],
  [
    'another domain’s certificate',
    READY,
    { parameters: { ...DOMAIN, PageDomain: 'www.shop.de' } },
    'must certificate of www.shop.de',
  ],
  [
    'a certificate that is not proven',
    withCertificate({ DomainName: 'shop.de', Status: 'PENDING_VALIDATION' }),
    { parameters: DOMAIN },
    'must certificate of shop.de',
  ],
  [
    'a certificate of every name below',
    withCertificate({ DomainName: '*.shop.de', Status: 'ISSUED' }),
    { parameters: { ...DOMAIN, PageDomain: 'www.shop.de' } },
    'ok certificate of www.shop.de',
  ],
  [
    'a certificate that nobody gave',
    READY,
    { parameters: { ...DOMAIN, PageCertificateArn: '' } },
    'must certificate of shop.de',
  ],
  [
    'a certificate that is not there',
    { ...READY, edge: { ...READY.edge, certificates: {} } },
    { parameters: DOMAIN },
    'must certificate of shop.de',
  ],
  ['a web ACL that is gone', { ...READY, edge: { webAcls: [] } }, {}, 'must web ACL'],
  ['room for a web ACL before the edge is there', READY, { parameters: { MailSender: 'o@shop.de' } }, 'ok WAF quota'],
  [
    'an account that is full of web ACLs',
    { ...READY, edge: { webAcls: Array.from({ length: 100 }, (_, index) => ({ Name: 'a', Id: String(index) })) } },
    { parameters: { MailSender: 'o@shop.de' } },
    'must WAF quota',
  ],
  [
    'the bootstrap of the edge’s region',
    READY,
    { parameters: { MailSender: 'o@shop.de' } },
    'ok bootstrap of us-east-1',
  ],
  ['a web ACL that may not be looked at', { ...READY, denied: ['GetWebACL'] }, {}, 'raise web ACL'],
  ['an old bootstrap', { ...READY, bootstrapVersion: '5' }, {}, 'must bootstrap'],
  ['mail that is paused', { ...READY, mail: { ...READY.mail, EnforcementStatus: 'SHUTDOWN' } }, {}, 'must SES sending'],
  ['mail under review', { ...READY, mail: { ...READY.mail, EnforcementStatus: 'PROBATION' } }, {}, 'raise SES sending'],
  ['concurrency that a sale exhausts', { ...READY, concurrency: 400 }, {}, 'raise Lambda concurrency'],
  ['a look that is not permitted, which is no success', { ...READY, denied: ['GetParameter'] }, {}, 'raise bootstrap'],
  ['quotas that may not be looked at', { ...READY, denied: ['ListServiceQuotas'] }, {}, 'raise Cognito sign-ins'],
  ['a stack that may not be looked at', { ...READY, denied: ['DescribeStacks'] }, {}, 'raise stack'],
])('shows %s', async (_what, facts, flight, line) => {
  const findings = await fly(facts, flight);
  expect(findings.map(({ verdict, subject }) => `${verdict} ${subject}`)).toContain(line);
  expect(findings.filter(({ verdict, mend }) => verdict !== 'ok' && mend === undefined)).toEqual([]);
});

test('a placeholder in production is mended by a deployment to production', async () => {
  const mends = mendsOf(await fly(READY, { parameters: { ...PARAMETERS, AlarmEmail: 'me@example.org' } }));
  expect(mends['must parameter AlarmEmail']).toBe('npm run deploy -- -c environment=prod --parameters AlarmEmail=…');
});

test('without valid credentials nothing else is asked', async () => {
  expect((await fly({ ...READY, signedIn: false })).map(({ verdict, subject }) => `${verdict} ${subject}`)).toEqual([
    'must credentials',
    'ok region',
  ]);
});
