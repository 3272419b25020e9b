import { CfnParameter, type Stack } from 'aws-cdk-lib';
import type { EnvironmentSettings } from './config.ts';

/** What only whoever deploys knows. Each is an answer of the deployment and not of the synthesized template. */
export interface DeploymentParameters {
  readonly paymentApiUrl: string;
  readonly paymentReturnUrl: string;
  readonly mailSender: string;
  /** Whom alarms ring at; undefined: they only show in the console. */
  readonly alarmEmail: string | undefined;
}

// CloudFormation matches the whole value by Java's rules, the embedded runtime by JavaScript's: keep to what both read.
/** Hosts that are nobody's (RFC 2606, RFC 6761): in documentation and tests they stand for a real one. */
const PLACEHOLDER_HOST = '([^\\s/@]+\\.)?(example(\\.(com|net|org|edu))?|test|invalid|localhost)\\.?(:\\d+)?';
const HTTPS_URL = 'https://[^\\s/@]+(/[^\\s]*)?';
const HTTP_OR_HTTPS_URL = 'https?://[^\\s/]+(/[^\\s]*)?';
const ADDRESS = '[^@\\s<>]+@[^@\\s<>]+';

/**
 * Parameters, so that one template serves every shop without another synth. Where customers are served they have no
 * default and refuse placeholders, both of which CloudFormation checks before it makes anything (docs/decisions/0022).
 */
export function deploymentParameters(stack: Stack, { servesCustomers }: EnvironmentSettings): DeploymentParameters {
  const url = servesCustomers ? `(?i:(?!https://${PLACEHOLDER_HOST}(/.*)?$)${HTTPS_URL})` : HTTP_OR_HTTPS_URL;
  const address = servesCustomers ? `(?i:(?!.*@${PLACEHOLDER_HOST}$)${ADDRESS})` : ADDRESS;
  const text = (name: string, allowedPattern: string, description: string, defaultText?: string): string =>
    new CfnParameter(stack, name, {
      type: 'String',
      allowedPattern,
      description,
      ...(defaultText !== undefined && { default: defaultText }),
    }).valueAsString;
  const onlyForDevelopers = (defaultText: string) => (servesCustomers ? undefined : defaultText);
  return {
    paymentApiUrl: text('PaymentApiUrl', url, 'Base URL of the payment provider', 'https://api.stripe.com'),
    paymentReturnUrl: text(
      'PaymentReturnUrl',
      url,
      'Page of your shop for customers who come back from confirming a payment',
      onlyForDevelopers('https://example.com/orders'),
    ),
    mailSender: text(
      'MailSender',
      address,
      'Address that customers get mails from; it or its domain must be verified in SES',
      onlyForDevelopers('orders@example.com'),
    ),
    alarmEmail: servesCustomers ? text('AlarmEmail', address, 'Address that alarms ring at') : undefined,
  };
}
