import { containsCardNumber, isBarcode } from './card-number.ts';
import type { HttpEvent } from './http-event.ts';
import { ProblemError, type FieldError } from './problem.ts';
import type { Route } from './route.ts';

/** What no route takes, so that nothing that somebody asked for is left out in silence. */

/**
 * A request is made on these conditions or not at all (RFC 9110, section 13.1). If-Range is none of them: no part of an
 * answer can be asked for here, so everybody gets the whole.
 */
const CONDITIONS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'] as const;

/** A condition by date means nothing beside one by tag, which is exact (RFC 9110, section 13.2.2). */
const OVERRIDDEN_BY = { 'if-modified-since': 'if-none-match', 'if-unmodified-since': 'if-match' } as const;

/** @throws ProblemError CONDITION_UNSUPPORTED for a condition that the route does not look at. */
export function refuseUnreadConditions({ headers }: Route, event: HttpEvent): void {
  const isSent = (name: string): boolean => event.headers[name] !== undefined;
  const isRead = (name: string): boolean => isSent(name) && name in (headers?.shape ?? {});
  const isOverridden = (name: string): boolean =>
    Object.entries(OVERRIDDEN_BY).some(([byDate, byTag]) => byDate === name && isRead(byTag));
  const unread = CONDITIONS.filter((name) => isSent(name) && !isRead(name) && !isOverridden(name));
  if (unread.length === 0) return;
  throw new ProblemError('CONDITION_UNSUPPORTED', { detail: `Leave out ${unread.join(', ')}` });
}

/** Parameters that stand there twice: which of them is meant, nobody knows. */
export function repeatedParameters({ rawQueryString }: HttpEvent): FieldError[] {
  const names = [...new URLSearchParams(rawQueryString).keys()];
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...repeated].map((name) => ({ field: `query.${name}`, message: 'expected it once' }));
}

/**
 * A key where none is read: whoever sends one relies on it. Not of a GET, which does nothing.
 * docs/security.md says which routes read one; the others may be repeated as they are, or say what stands already.
 */
export function unreadKey({ method, headers }: Route, event: HttpEvent): FieldError[] {
  const isSent = event.headers['idempotency-key'] !== undefined;
  if (!isSent || method === 'GET' || 'idempotency-key' in (headers?.shape ?? {})) return [];
  return [{ field: 'header.idempotency-key', message: 'expected none: nothing is remembered under it here' }];
}

/** Headers by which some frameworks make one method another: here a `GET` that is to delete would seem to have done so. */
const METHOD_OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override'];

export function methodOverrides({ headers }: HttpEvent): FieldError[] {
  return METHOD_OVERRIDES.filter((name) => headers[name] !== undefined).map((name) => ({
    field: `header.${name}`,
    message: 'expected none: the method is that of the request',
  }));
}

/** A body where none is read. That of a GET means nothing (RFC 9110, section 9.3.1), and `{}` asks for nothing. */
export function unreadBody({ method, body: schema }: Route, { body = '' }: HttpEvent): FieldError[] {
  if (schema !== undefined || method === 'GET' || ['', '{}'].includes(body.trim())) return [];
  return [{ field: 'body', message: 'expected no body' }];
}

/**
 * Looks at everything that is read of a request. Texts are looked at together too: a number may be split over lines.
 * @param parts by the name that their fields have in an error: `path`, `query`, `header`, `body`.
 * @throws ProblemError CARD_NUMBER_REFUSED
 */
export function refuseCardNumbers({ identifiers = {} }: Route, parts: Readonly<Record<string, unknown>>): void {
  const { texts, names } = textsIn(parts, '', identifiers);
  if (containsCardNumber(texts.join('\n')) || names.some(containsCardNumber)) {
    throw new ProblemError('CARD_NUMBER_REFUSED');
  }
}

interface Texts {
  readonly texts: readonly string[];
  /** Of fields. */
  readonly names: readonly string[];
}

function textsIn(value: unknown, field: string, identifiers: Required<Route>['identifiers']): Texts {
  if (typeof value !== 'object' || value === null) {
    if (typeof value !== 'string' && typeof value !== 'number') return NO_TEXTS;
    if (identifiers[field] === 'opaque') return NO_TEXTS;
    if (identifiers[field] === 'barcode' && isBarcode(String(value))) return NO_TEXTS;
    // A number stands apart: amounts that follow each other are no number that was split.
    return { texts: [typeof value === 'string' ? value : `number ${value} number`], names: [] };
  }
  // In the order of their names, whatever the sender's order was: `line1` stands before `line2`.
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const fieldOf = (name: string) => (Array.isArray(value) ? field : field === '' ? name : `${field}.${name}`);
  const inside = fields.map(([name, inner]) => textsIn(inner, fieldOf(name), identifiers));
  return {
    texts: inside.flatMap(({ texts }) => texts),
    names: [...Object.keys(value), ...inside.flatMap(({ names }) => names)],
  };
}

const NO_TEXTS: Texts = { texts: [], names: [] };
