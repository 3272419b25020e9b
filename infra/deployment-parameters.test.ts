import { describe, expect, test } from 'vitest';
import { ENVIRONMENTS, type EnvironmentSettings } from './config.ts';
import { synthesizedStack } from './testing/synthesized-stack.ts';

interface Parameter {
  readonly Default?: string;
  readonly AllowedPattern: string;
}

const prod = parametersOf(ENVIRONMENTS.prod);
const dev = parametersOf(ENVIRONMENTS.dev);

/** But for the one of the CDK, which it reads from the account. */
function parametersOf(settings: EnvironmentSettings): Record<string, Parameter> {
  const { BootstrapVersion: _ofCdk, ...ours } = synthesizedStack(settings).findParameters('*');
  return ours as unknown as Record<string, Parameter>;
}

/** The whole value must match. */
function accepts({ AllowedPattern }: Parameter, value: string): boolean {
  return new RegExp(`^(?:${AllowedPattern})$`, 'u').test(value);
}

test('production asks for what is the shop’s own; empty are only what it can do without', () => {
  const asked = Object.entries(prod).filter(([, { Default }]) => Default === undefined);
  expect(asked.map(([name]) => name).toSorted()).toEqual(['AlarmEmail', 'MailSender', 'WebAclArn']);
  const given = Object.entries(prod).filter(([, { Default }]) => Default !== undefined);
  expect(Object.fromEntries(given.map(([name, { Default }]) => [name, Default]))).toEqual({
    PaymentApiUrl: 'https://api.stripe.com',
    PaymentReturnUrl: '',
    AllowedOrigins: '',
    PageDomain: '',
    PageCertificateArn: '',
    HostedZoneId: '',
  });
});

test('a developer’s stack needs no answer, and takes the provider’s sandbox on plain HTTP', () => {
  expect(Object.values(dev).filter(({ Default }) => Default === undefined)).toEqual([]);
  for (const parameter of Object.values(dev)) expect(accepts(parameter, parameter.Default!)).toBe(true);
  expect(accepts(dev['PaymentApiUrl']!, 'http://127.0.0.1:4321')).toBe(true);
});

const placeholders = [
  'example.com',
  'EXAMPLE.com',
  'example.com.',
  'shop.example.com',
  'example.org',
  'mail.example.net',
  'example.edu',
  'shop.example',
  'shop.test',
  'shop.invalid',
  'localhost',
];
const realHosts = [
  'shop.de',
  'my-example.com',
  'example.company',
  'testing.io',
  'example.com.shop.de',
  'api.stripe.com',
];

describe.each(['MailSender', 'AlarmEmail'])('%s in production', (name) => {
  test.each(placeholders)('refuses an address at %s', (host) => {
    expect(accepts(prod[name]!, `orders@${host}`)).toBe(false);
  });

  test.each(realHosts)('takes an address at %s', (host) => {
    expect(accepts(prod[name]!, `orders+a.b@${host}`)).toBe(true);
  });

  test.each(['', 'orders', 'a@b@shop.de', 'a b@shop.de', 'Shop <a@shop.de>'])('refuses %j, which is none', (value) => {
    expect(accepts(prod[name]!, value)).toBe(false);
  });
});

describe.each(['PaymentReturnUrl', 'PaymentApiUrl'])('%s in production', (name) => {
  test.each(placeholders.flatMap((host) => [host, `${host}/orders`, `${host}:8443/orders?of=me`]))(
    'refuses https://%s',
    (rest) => {
      expect(accepts(prod[name]!, `https://${rest}`)).toBe(false);
    },
  );

  test.each(realHosts.flatMap((host) => [host, `${host}/orders`, `${host}:8443/at/example.com`]))(
    'takes https://%s',
    (rest) => {
      expect(accepts(prod[name]!, `https://${rest}`)).toBe(true);
    },
  );

  test.each(['shop.de', 'http://shop.de', 'ftp://shop.de', 'https://', 'https://me:secret@shop.de', 'https://a b'])(
    'refuses %j, which is no https address',
    (value) => {
      expect(accepts(prod[name]!, value)).toBe(false);
    },
  );
});

const ACCOUNT = '111122223333';
const WEB_ACL = `arn:aws:wafv2:us-east-1:${ACCOUNT}:global/webacl/Edge/1b2c`;
const CERTIFICATE = `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/1b2c-3d`;

test.each<[name: string, takes: readonly string[], refuses: readonly string[]]>([
  [
    'WebAclArn',
    [WEB_ACL],
    ['', WEB_ACL.replace('us-east-1', 'eu-central-1'), WEB_ACL.replace('global', 'regional'), CERTIFICATE],
  ],
  ['PageCertificateArn', ['', CERTIFICATE], [CERTIFICATE.replace('us-east-1', 'eu-central-1'), WEB_ACL]],
  ['HostedZoneId', ['', 'Z0123ABC'], ['shop.de', '/hostedzone/Z0123ABC']],
  [
    'PageDomain',
    ['', 'shop.de', 'www.shop.co.uk'],
    ['https://shop.de', 'shop', 'shop.de.', 'SHOP.de', 'shop.example', 'example.com'],
  ],
  [
    'AllowedOrigins',
    ['', 'https://shop.de', 'https://shop.de,https://app.shop.de:8443'],
    [
      '*',
      'https://shop.de/',
      'http://shop.de',
      'https://shop.de, https://b.de',
      'https://example.com',
      'https://shop.de,https://example.com',
    ],
  ],
  ['PaymentReturnUrl', ['', 'https://shop.de/back'], ['http://shop.de/back']],
])('in production %s takes what AWS takes, and refuses the rest', (name, takes, refuses) => {
  expect(takes.filter((value) => !accepts(prod[name]!, value))).toEqual([]);
  expect(refuses.filter((value) => accepts(prod[name]!, value))).toEqual([]);
});
