import { planStack, type ResourceTypes, type Template as DeployedTemplate } from '@order-workflow/runtime/assembly';
import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { contactsKeptDays } from '../cli/captured-mails.ts';
import { ENVIRONMENTS } from '../infra/config.ts';
import { resourcesOf, synthesizedStack } from '../infra/testing/synthesized-stack.ts';

/** Longest that a version's description may be (Lambda API reference, PublishVersion). */
const MAX_DESCRIPTION = 256;

const VALUES = {
  PaymentApiUrl: ['https://pay.shop.de', 'https://api.stripe.com'],
  PaymentReturnUrl: ['https://shop.de/back', ''],
  AllowedOrigins: ['https://shop.de', ''],
  PageDomain: ['shop.de', 'www.shop.de'],
  PageCertificateArn: [certificate('1'), certificate('2')],
  HostedZoneId: ['Z1', ''],
  WebAclArn: [webAcl('1'), webAcl('2')],
  MailSender: ['orders@shop.de', 'mails@shop.de'],
  AlarmEmail: ['oncall@shop.de', 'night@shop.de'],
} as const;

function certificate(id: string): string {
  return `arn:aws:acm:us-east-1:111122223333:certificate/${id}`;
}

function webAcl(id: string): string {
  return `arn:aws:wafv2:us-east-1:111122223333:global/webacl/Edge/${id}`;
}

/** Properties of the stack's functions and versions as a deployment with these values would make them. */
function deployed(template: Template, changed: Readonly<Record<string, string>>) {
  const { BootstrapVersion: _ofCdk, ...declared } = template.findParameters('*');
  const values = Object.entries(VALUES).map(([name, [first]]) => [name, changed[name] ?? first] as const);
  const parameters = Object.fromEntries(values.filter(([name]) => name in declared));
  const stack = { stackName: 'shop', region: 'eu-central-1', accountId: '111122223333', endpointUrl: '' };
  const { Resources = {}, ...whole } = template.toJSON() as DeployedTemplate;
  // Of the others only the names matter.
  const looked = Object.entries(Resources).map(([id, { Type, Properties }]) => [
    id,
    /^AWS::Lambda::(Function|Version)$/u.test(Type) ? { Type, Properties } : { Type },
  ]);
  const planned = { ...whole, Outputs: {}, Resources: Object.fromEntries(looked) } as DeployedTemplate;
  const { resources } = planStack({ template: planned, stack, types: ANY, parameters });
  return new Map(
    resources.map(({ declaration }) => [declaration.logicalId, declaration.properties as Record<string, unknown>]),
  );
}

/** Every resource is named by its logical id, and its attributes by it. */
const ANY = new Proxy<ResourceTypes>(
  {},
  {
    get: () => ({
      identify: ({ logicalId }: { logicalId: string }) => ({
        ref: logicalId,
        attributes: new Proxy({}, { get: (_, name) => `${logicalId}.${String(name)}`, has: () => true }),
      }),
    }),
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
  },
);

describe.each(['dev', 'prod'] as const)('a deployment of %s with another parameter', (environment) => {
  const template = synthesizedStack(ENVIRONMENTS[environment]);
  const versions = Object.entries(resourcesOf(template, 'AWS::Lambda::Version')).map(([version, { Properties }]) => ({
    version,
    function: (Properties.FunctionName as { Ref: string }).Ref,
  }));
  const before = deployed(template, {});

  test.each([
    ['PaymentApiUrl', 9],
    ['PaymentReturnUrl', 2],
    ['MailSender', 1],
  ] as const)(
    '%s makes another version of each function that is given it: the old one keeps the old value',
    (name, least) => {
      const after = deployed(template, { [name]: VALUES[name][1] });
      const isOther = (id: string): boolean => JSON.stringify(before.get(id)) !== JSON.stringify(after.get(id));
      expect(versions.filter((each) => isOther(each.function)).length).toBeGreaterThanOrEqual(least);
      // CloudFormation replaces a version whose description changes; one of an unchanged function cannot be published.
      expect(versions.filter((each) => isOther(each.function) !== isOther(each.version))).toEqual([]);
    },
  );

  test.each(Object.keys(VALUES) as (keyof typeof VALUES)[])('%s leaves no version behind its function', (name) => {
    const without = name === 'PageDomain' ? { PaymentReturnUrl: '' } : {};
    const [from, to] = [deployed(template, without), deployed(template, { ...without, [name]: VALUES[name][1] })];
    const isOther = (id: string): boolean => JSON.stringify(from.get(id)) !== JSON.stringify(to.get(id));
    expect(versions.filter((each) => isOther(each.function) !== isOther(each.version))).toEqual([]);
    expect(versions.some((each) => isOther(each.function))).toBe(
      ['PaymentApiUrl', 'PaymentReturnUrl', 'PageDomain', 'MailSender'].includes(name),
    );
  });

  test('fits into the descriptions of its versions, however long the values', () => {
    const declared = template.findParameters('*') as Record<string, { MaxLength?: number }>;
    const longest = (name: string): string => 'x'.repeat(declared[name]?.MaxLength ?? Infinity);
    const url = (name: string): string => `https://a.de/${longest(name).slice('https://a.de/'.length)}`;
    const domain = `${longest('PageDomain').slice('.shop.de'.length)}.shop.de`;
    const sender = `${longest('MailSender').slice('@shop.de'.length)}@shop.de`;
    const common = { PaymentApiUrl: url('PaymentApiUrl'), PageDomain: domain, MailSender: sender };
    for (const PaymentReturnUrl of ['', url('PaymentReturnUrl')]) {
      const planned = deployed(template, { ...common, PaymentReturnUrl });
      const lengths = versions.map(({ version }) => String(planned.get(version)?.['Description'] ?? '').length);
      expect(Math.max(...lengths)).toBeGreaterThan(200);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(MAX_DESCRIPTION);
    }
  });
});

test('no setting is the text of a secret, which a version would keep when the secret is another', () => {
  const functions = Object.values(resourcesOf(synthesizedStack(ENVIRONMENTS.prod), 'AWS::Lambda::Function'));
  expect(functions.length).toBeGreaterThan(30);
  expect(functions.filter(({ Properties }) => JSON.stringify(Properties).includes('{{resolve:'))).toEqual([]);
});

test.each(Object.values(ENVIRONMENTS))(
  'a machine that runs $name keeps captured mails as long as the contacts',
  (settings) => {
    const kept = contactsKeptDays(synthesizedStack(settings).toJSON() as DeployedTemplate);
    expect(kept).toBe(settings.contactRetention.toDays());
  },
);
