import { CfnParameter, CfnRule, Fn, type Stack } from 'aws-cdk-lib';
import type { EnvironmentSettings } from './config.ts';

/** What only whoever deploys knows. Each is an answer of the deployment and not of the synthesized template. */
export interface DeploymentParameters extends PageParameters {
  readonly paymentApiUrl: string;
  readonly mailSender: string;
  /** Whom alarms ring at; undefined: they only show in the console. */
  readonly alarmEmail: string | undefined;
}

export interface PageParameters {
  /** Empty: the shop's own page. */
  readonly paymentReturnUrl: string;
  /** Of other pages whose scripts may call the API, with commas between them; empty: none. */
  readonly allowedOrigins: string;
  /** The page's own domain; empty: that of its distribution. */
  readonly pageDomain: string;
  readonly pageCertificateArn: string;
  /** Where the domain is entered; empty: somebody enters it elsewhere. */
  readonly hostedZoneId: string;
  /** What stands before the page and the API; empty: nothing does. */
  readonly webAclArn: string;
}

/**
 * Characters. Those that functions are given together stand in the description of a version, which holds 256 (Lambda API
 * reference, PublishVersion).
 */
const MAX_LENGTHS: Readonly<Record<string, number>> = {
  PaymentApiUrl: 100,
  PaymentReturnUrl: 150,
  PageDomain: 128,
  MailSender: 254,
};

// CloudFormation matches the whole value by Java's rules, the embedded runtime by JavaScript's: keep to what both read.
/** Hosts that are nobody's (RFC 2606, RFC 6761): in documentation and tests they stand for a real one. */
const PLACEHOLDER_HOST = '([^\\s/@]+\\.)?(example(\\.(com|net|org|edu))?|test|invalid|localhost)\\.?(:\\d+)?';
const HTTPS_URL = 'https://[^\\s/@]+(/[^\\s]*)?';
const HTTP_OR_HTTPS_URL = 'https?://[^\\s/]+(/[^\\s]*)?';
const ADDRESS = '[^@\\s<>]+@[^@\\s<>]+';
const REAL_ORIGIN = `(?i:(?!https://${PLACEHOLDER_HOST}(,.*)?$)https://[^\\s/@,]+)`;
const ANY_ORIGIN = 'https?://[^\\s/@,]+';
const DOMAIN = '([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}';
const REAL_DOMAIN = `(?!${PLACEHOLDER_HOST}$)${DOMAIN}`;
// CloudFront takes certificates and web ACLs of this region only (CloudFront developer guide).
const CERTIFICATE = 'arn:aws[a-z-]*:acm:us-east-1:\\d{12}:certificate/[0-9a-f-]+';
const WEB_ACL = 'arn:aws[a-z-]*:wafv2:us-east-1:\\d{12}:global/webacl/[^/\\s]+/[0-9a-f-]+';

/**
 * Parameters, so that one template serves every shop without another synth. Where customers are served, what is the
 * shop's own has no default and refuses placeholders, both of which CloudFormation checks before it makes anything
 * (docs/decisions/0022).
 */
export function deploymentParameters(stack: Stack, settings: EnvironmentSettings): DeploymentParameters {
  const { servesCustomers } = settings;
  const url = urlFor(settings);
  const address = servesCustomers ? `(?i:(?!.*@${PLACEHOLDER_HOST}$)${ADDRESS})` : ADDRESS;
  return {
    paymentApiUrl: text(stack, 'PaymentApiUrl', url, {
      description: 'Base URL of the payment provider',
      default: 'https://api.stripe.com',
    }),
    ...pageParameters(stack, settings),
    mailSender: text(stack, 'MailSender', address, {
      description: 'Address that customers get mails from; it or its domain must be verified in SES',
      ...(!servesCustomers && { default: 'orders@example.com' }),
    }),
    alarmEmail: servesCustomers
      ? text(stack, 'AlarmEmail', address, { description: 'Address that alarms ring at' })
      : undefined,
  };
}

function pageParameters(stack: Stack, settings: EnvironmentSettings): PageParameters {
  const { servesCustomers } = settings;
  const origin = servesCustomers ? REAL_ORIGIN : ANY_ORIGIN;
  const orNothing = (name: string, pattern: string, description: string) =>
    text(stack, name, `(${pattern})?`, { description, default: '' });
  const parameters = {
    paymentReturnUrl: orNothing(
      'PaymentReturnUrl',
      urlFor(settings),
      'Page for customers who come back from confirming a payment; empty: the page of this stack',
    ),
    allowedOrigins: orNothing(
      'AllowedOrigins',
      `${origin}(,${origin})*`,
      'Origins of other pages whose scripts may call the API, with commas between them; empty: none',
    ),
    pageDomain: orNothing(
      'PageDomain',
      servesCustomers ? REAL_DOMAIN : DOMAIN,
      'Domain of the page; empty: that of its distribution',
    ),
    pageCertificateArn: orNothing(
      'PageCertificateArn',
      CERTIFICATE,
      'Certificate of the domain, of us-east-1 (output PageCertificateArn of the edge stack)',
    ),
    hostedZoneId: orNothing(
      'HostedZoneId',
      'Z[A-Z0-9]+',
      'Hosted zone in which the domain is entered; empty: you enter it at your DNS provider',
    ),
    webAclArn: text(stack, 'WebAclArn', servesCustomers ? WEB_ACL : `(${WEB_ACL})?`, {
      description: 'Web ACL before page and API (output WebAclArn of the edge stack)',
      ...(!servesCustomers && { default: '' }),
    }),
  };
  requireTogether(stack, parameters);
  return parameters;
}

/** CloudFront refuses a domain without its certificate only after minutes of making everything else. */
function requireTogether(stack: Stack, { pageDomain, pageCertificateArn, hostedZoneId }: PageParameters): void {
  const isGiven = (value: string) => Fn.conditionNot(Fn.conditionEquals(value, ''));
  new CfnRule(stack, 'DomainHasCertificate', {
    ruleCondition: Fn.conditionOr(isGiven(pageDomain), isGiven(pageCertificateArn), isGiven(hostedZoneId)),
    assertions: [
      { assert: isGiven(pageDomain), assertDescription: 'Give PageDomain: a certificate or a zone is for a domain.' },
      { assert: isGiven(pageCertificateArn), assertDescription: 'Give PageCertificateArn beside PageDomain.' },
    ],
  });
}

function urlFor({ servesCustomers }: EnvironmentSettings): string {
  return servesCustomers ? `(?i:(?!https://${PLACEHOLDER_HOST}(/.*)?$)${HTTPS_URL})` : HTTP_OR_HTTPS_URL;
}

function text(
  stack: Stack,
  name: string,
  allowedPattern: string,
  { description, default: defaultText }: { readonly description: string; readonly default?: string },
): string {
  return new CfnParameter(stack, name, {
    type: 'String',
    allowedPattern,
    description,
    ...(name in MAX_LENGTHS && { maxLength: MAX_LENGTHS[name] }),
    ...(defaultText !== undefined && { default: defaultText }),
  }).valueAsString;
}
