import * as z from 'zod';
import { PROVIDER_API_VERSION, PROVIDER_EVENTS } from '../../../events/provider-events.ts';

/** docs.stripe.com/api/webhook_endpoints/object, as much of it as decides what reaches us and how. */
const Endpoint = z.object({
  id: z.string(),
  url: z.string(),
  status: z.string(),
  /** Null: the default version of the account, which changes when somebody upgrades it. */
  api_version: z.string().nullable(),
  enabled_events: z.array(z.string()),
  livemode: z.boolean(),
});
type Endpoint = z.infer<typeof Endpoint>;

/** What the comparison came to. A type and not an interface, because it is a function's JSON result. */
export type WebhookCheck = {
  /** Of the endpoint that was compared; absent when none points at the URL. */
  readonly endpointId?: string;
  readonly livemode?: boolean;
  /** One sentence for each setting that is not what the code reads, with what to do. Empty: all is well. */
  readonly differences: readonly string[];
  /** What works and costs invocations for nothing. */
  readonly remarks: readonly string[];
};

export interface ExpectedEndpoint {
  readonly url: string;
  /** Whether our key is one for real money. */
  readonly livemode: boolean;
}

/** The provider's wildcard for every event except those that need explicit selection. */
const EVERY_EVENT = '*';

/**
 * Holds the account's webhook endpoints against what the code reads.
 * @param answer the provider's list of them.
 * @throws z.ZodError when it is none.
 */
export function checkWebhook(answer: readonly unknown[], expected: ExpectedEndpoint): WebhookCheck {
  const endpoints = answer.map((each) => Endpoint.parse(each));
  const [endpoint, ...copies] = endpoints.filter(({ url }) => isSameUrl(url, expected.url));
  if (endpoint === undefined) return { differences: [noneAt(expected.url, endpoints)], remarks: [] };
  const { id, livemode } = endpoint;
  return {
    endpointId: id,
    livemode,
    differences: [...differencesOf(endpoint, expected), ...copies.map(doubled)],
    remarks: remarksOn(endpoint),
  };
}

function noneAt(url: string, endpoints: readonly Endpoint[]): string {
  const others = endpoints.map((one) => one.url).join(', ');
  return `url: no endpoint points at ${url}${others === '' ? '' : ` (those of the account: ${others})`}. Add one there, or correct its URL.`;
}

function doubled({ id, url }: Endpoint): string {
  return `url: ${id} points at ${url} too, so each event comes twice. Delete one of the two endpoints.`;
}

function differencesOf(endpoint: Endpoint, { livemode }: ExpectedEndpoint): string[] {
  const { api_version: version, enabled_events: enabled, id, status } = endpoint;
  const missing = enabled.includes(EVERY_EVENT) ? [] : PROVIDER_EVENTS.filter((type) => !enabled.includes(type));
  return [
    ...(status === 'enabled' ? [] : [`status: ${id} is ${status}, so nothing is sent to it. Enable it.`]),
    ...(endpoint.livemode === livemode
      ? []
      : [
          `livemode: ${id} is ${modeOf(endpoint.livemode)}, and our key is ${modeOf(livemode)}. Use those of one mode.`,
        ]),
    ...(version === PROVIDER_API_VERSION
      ? []
      : [
          `api_version: ${id} sends ${version ?? 'the default of the account'}, the code reads ${PROVIDER_API_VERSION}. Make an endpoint of that version.`,
        ]),
    ...missing.map((type) => `enabled_events: ${type} is not sent. Subscribe ${id} to it.`),
  ];
}

function remarksOn({ enabled_events: enabled }: Endpoint): string[] {
  const needless = enabled.filter((type) => !PROVIDER_EVENTS.includes(type));
  return needless.map((type) =>
    type === EVERY_EVENT
      ? 'enabled_events: every event is sent; the code reads only those of docs/payments.md.'
      : `enabled_events: ${type} is sent, and the code does not read it.`,
  );
}

function modeOf(livemode: boolean): string {
  return livemode ? 'of live mode' : 'of test mode';
}

/** Compared as addresses: case of the host, a default port or a slash at the end make no other endpoint. */
function isSameUrl(one: string, other: string): boolean {
  return addressOf(one) === addressOf(other);
}

function addressOf(text: string): string {
  const url = URL.parse(text);
  // The embedded shop is reached by its name, and the sandbox by its address.
  if (url?.hostname === 'localhost') url.hostname = '127.0.0.1';
  return (url?.href ?? text).replace(/\/$/, '');
}
