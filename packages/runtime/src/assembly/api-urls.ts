import type { ResourceIdentity } from './resource-type.ts';

/** What the CDK's `HttpApi.url` puts together from an API's id: on AWS a DNS name, here nothing that resolves. */
const EXECUTE_API_URL = /https:\/\/([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com/g;

/** Puts the local address in place of the AWS address of an API of the template, in every string of `value`. */
export function localizeApiUrls<T>(value: T, identities: ReadonlyMap<string, ResourceIdentity>): T {
  if (typeof value === 'string') {
    if (!value.includes('.execute-api.')) return value;
    return value.replace(EXECUTE_API_URL, (url, apiId: string) => endpointOf(apiId, identities) ?? url) as T;
  }
  if (Array.isArray(value)) return value.map((item: unknown) => localizeApiUrls(item, identities)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, localizeApiUrls<unknown>(item, identities)]),
  ) as T;
}

function endpointOf(apiId: string, identities: ReadonlyMap<string, ResourceIdentity>): string | undefined {
  for (const { ref, attributes } of identities.values()) if (ref === apiId) return attributes['ApiEndpoint'];
  return undefined;
}
