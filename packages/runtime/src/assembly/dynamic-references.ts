import { StartError } from '../runtime/start-error.ts';

/** Reads a secret by id, name or ARN; undefined when there is none. */
export type SecretReader = (secretId: string) => string | undefined;

const REFERENCE = /\{\{resolve:([^}]*)\}\}/g;

/**
 * Replaces `{{resolve:secretsmanager:<id>:SecretString:<json key>:…}}` in every string of resolved properties.
 * Done just before a resource is created, because the secret may be a resource of the same template.
 * @throws StartError for another service's reference, an absent secret or key.
 */
export function resolveDynamicReferences<T>(value: T, readSecret: SecretReader): T {
  if (typeof value === 'string') {
    return value.replace(REFERENCE, (whole, reference: string) => secretOf(whole, reference, readSecret)) as T;
  }
  if (Array.isArray(value)) return value.map((item: unknown) => resolveDynamicReferences(item, readSecret)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolveDynamicReferences<unknown>(item, readSecret)]),
  ) as T;
}

function secretOf(whole: string, reference: string, readSecret: SecretReader): string {
  // An id may be an ARN, which holds colons itself.
  const match = /^secretsmanager:(arn:(?:[^:]*:){5}[^:]*|[^:]+)(?::SecretString(?::([^:]*))?.*)?$/.exec(reference);
  if (!match) throw invalid(`${whole} is not supported: only secretsmanager references are.`);
  const [, secretId = '', key] = match;
  const text = readSecret(secretId);
  if (text === undefined) throw invalid(`${whole}: there is no secret ${secretId}.`);
  if (!key) return text;
  const value: unknown = (JSON.parse(text) as Record<string, unknown>)[key];
  if (typeof value !== 'string') throw invalid(`${whole}: the secret has no text under "${key}".`);
  return value;
}

function invalid(message: string): StartError {
  return new StartError('TEMPLATE_INVALID', message);
}
