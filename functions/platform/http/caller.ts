import type { HttpEvent } from './http-event.ts';
import { ProblemError } from './problem.ts';

/** Who asks, as the authorizer proved it. */
export interface Caller {
  /** The token's subject: the owner of everything that the request touches. */
  readonly customerId: string;
  readonly isAdmin: boolean;
}

const ADMIN_GROUP = 'admin';

/** Short enough to stand in other ids beside a counter; a user pool's subjects are UUIDs. */
const SUBJECT = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,99}$/;

/**
 * The caller by the claims that API Gateway's authorizer verified; undefined on a route without one. No header, path or
 * body field says who asks.
 * @throws ProblemError NOT_SIGNED_IN for a token that is not an access token: an id token tells a client about its
 * user and is no permission to call.
 */
export function callerOf({ requestContext }: HttpEvent): Caller | undefined {
  const claims = requestContext.authorizer?.jwt?.claims;
  if (claims === undefined) return undefined;
  const { sub, token_use: tokenUse } = claims;
  if (tokenUse !== 'access' || typeof sub !== 'string' || !SUBJECT.test(sub)) throw new ProblemError('NOT_SIGNED_IN');
  return { customerId: sub, isAdmin: groupsOf(claims['cognito:groups']).includes(ADMIN_GROUP) };
}

/** @throws ProblemError NOT_SIGNED_IN: also when a route has lost its authorizer by mistake. */
export function requireCaller(caller: Caller | undefined): Caller {
  if (caller === undefined) throw new ProblemError('NOT_SIGNED_IN', { headers: { 'www-authenticate': 'Bearer' } });
  return caller;
}

/** @throws ProblemError NOT_SIGNED_IN or NOT_PERMITTED. */
export function requireAdmin(caller: Caller | undefined): Caller {
  const known = requireCaller(caller);
  if (!known.isAdmin) throw new ProblemError('NOT_PERMITTED');
  return known;
}

/**
 * API Gateway renders the list claim as text: `[admin packers]` (measured in floci-io/floci, pull request 2011). Names
 * of groups hold no blanks, but any punctuation, a comma too (Cognito API, CreateGroup: GroupName).
 */
function groupsOf(claim: unknown): string[] {
  if (typeof claim !== 'string' || !claim.startsWith('[') || !claim.endsWith(']')) return [];
  return claim.slice(1, -1).split(' ').filter(Boolean);
}
