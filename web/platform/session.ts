import { computed, signal } from '@preact/signals';
import type { KnownUser, PageConfig, PkceClient, PkceSignIn } from './config.ts';
import { send, type HttpAnswer, type HttpRequest } from './http.ts';
import { renewWithToken, signInWithPassword } from './password-sign-in.ts';
import { beginPkce, endPkce, finishPkce, isBackFromSignIn, renewPkce, type PkceSession } from './pkce-sign-in.ts';
import { Problem } from './problem.ts';
import type { RenewableSession, Session } from './session-tokens.ts';

/** In whose name a part of the page works: whoever runs the shop, or whoever buys in it. */
export type Role = 'operator' | 'customer';

export const config = signal<PageConfig | undefined>(undefined);
const sessions = signal<Readonly<Partial<Record<Role, Session>>>>({});

export const operator = computed(() => sessions.value.operator);
export const customer = computed(() => sessions.value.customer);
export const isAdmin = computed(() => operator.value?.groups.includes('admin') ?? false);

/** Somebody came back from the sign-in page, and is not signed in all the same. */
export const isSignInRefused = signal(false);

/** Signs in as the place where the page runs does it. */
export async function startSession(loaded: PageConfig): Promise<void> {
  config.value = loaded;
  if (loaded.signIn.kind === 'pkce') {
    if (isBackFromSignIn()) isSignInRefused.value = true; // until it is known better
    const finished = await finishPkce(clientsOf(loaded.signIn));
    if (finished) {
      keep(loaded.signIn, finished.client, finished.session);
      isSignInRefused.value = false;
    }
    return;
  }
  if (loaded.signIn.kind === 'password') return;
  const { users } = loaded.signIn;
  const admin = users.find(({ groups }) => groups.includes('admin'));
  const buyer = users.find(({ groups }) => groups.length === 0);
  if (admin) become('operator', admin);
  if (buyer) become('customer', buyer);
}

/** A known user is signed in by the first call in their name: who only looks at orders needs no customer's token. */
export function become(role: Role, { username, groups }: KnownUser): void {
  sessions.value = { ...sessions.value, [role]: { username, groups } };
}

/** Signs a person in who gave the page an address and a password. @throws Problem */
export async function signInAs(email: string, password: string): Promise<void> {
  const signInConfig = config.value?.signIn;
  if (signInConfig?.kind !== 'password') throw new Error('Nobody gives this place a password.');
  const session = await signInWithPassword(signInConfig.clientId, { username: email, password });
  sessions.value = { operator: session, customer: session };
}

/** Leads away from the page, or to its own form, where people have passwords of their own. */
export function signIn(role: Role): Promise<void> {
  const signInConfig = config.value?.signIn;
  if (signInConfig?.kind === 'password') location.hash = '#/sign-in';
  return signInConfig?.kind === 'pkce' ? beginPkce(clientOf(signInConfig, role)) : Promise.resolve();
}

/** Leads away from the page too, so that the session ends at the sign-in page. */
export function signOut(role: Role): void {
  forget(role);
  const signInConfig = config.value?.signIn;
  if (signInConfig?.kind === 'pkce') endPkce(clientOf(signInConfig, role));
}

/** Calls the shop's HTTP API in the name of a role. An expired token is renewed once. @throws Problem */
export async function callAs<Body>(role: Role, path: string, request: HttpRequest = {}): Promise<HttpAnswer<Body>> {
  const used = await signedIn(role);
  try {
    return await send<Body>(`api${path}`, withToken(request, used));
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    await renew(role, used);
    const renewed = sessions.value[role];
    if (!renewed) throw error;
    return send<Body>(`api${path}`, withToken(request, renewed));
  }
}

async function signedIn(role: Role): Promise<Session> {
  const known = sessions.value[role];
  if (known && known.accessToken === undefined) await renew(role, known);
  const session = sessions.value[role];
  if (!session) throw new Problem(401, { title: 'You are not signed in', code: 'NOT_SIGNED_IN' });
  return session;
}

/** Calls what needs nobody's name. @throws Problem */
export function callAsAnyone<Body>(path: string): Promise<HttpAnswer<Body>> {
  return send<Body>(`api${path}`);
}

const renewals = new Map<Session, Promise<void>>();

/** Several calls may find the token expired at once: the first one renews it for all. */
async function renew(role: Role, expired: Session): Promise<void> {
  if (sessions.value[role]?.accessToken !== expired.accessToken) return;
  const renewal = renewals.get(expired) ?? renewOnce(role, expired);
  renewals.set(expired, renewal);
  await renewal.finally(() => renewals.delete(expired));
}

async function renewOnce(role: Role, expired: Session): Promise<void> {
  const signInConfig = config.value?.signIn;
  if (signInConfig?.kind === 'users') {
    const user = signInConfig.users.find(({ username }) => username === expired.username);
    if (user === undefined) return forget(role);
    const { accessToken } = await signInWithPassword(signInConfig.clientId, user);
    // Somebody else may have been chosen meanwhile.
    if (sessions.value[role] === expired) sessions.value = { ...sessions.value, [role]: { ...expired, accessToken } };
    return;
  }
  if (signInConfig === undefined) return;
  if (signInConfig.kind === 'password') {
    const session = await renewWithToken(signInConfig.clientId, expired as RenewableSession);
    if (session) sessions.value = { operator: session, customer: session };
    else forget(role);
    return;
  }
  const client = clientOf(signInConfig, role);
  const renewed = await renewPkce(client, expired as PkceSession);
  if (renewed) keep(signInConfig, client, renewed);
  else forget(role);
}

/** Where both roles are one pool's, they are one person. */
function keep(signInConfig: PkceSignIn, client: PkceClient, session: Session): void {
  const roles = (['operator', 'customer'] as const).filter((role) => clientOf(signInConfig, role) === client);
  sessions.value = { ...sessions.value, ...Object.fromEntries(roles.map((role) => [role, session])) };
}

function forget(role: Role): void {
  const gone = sessions.value[role];
  const kept = Object.entries(sessions.value).filter(([, session]) => session !== gone);
  sessions.value = Object.fromEntries(kept);
}

function clientOf({ customers, operators }: PkceSignIn, role: Role): PkceClient {
  return role === 'operator' ? (operators ?? customers) : customers;
}

function clientsOf({ customers, operators }: PkceSignIn): PkceClient[] {
  return operators === undefined ? [customers] : [customers, operators];
}

function withToken(request: HttpRequest, { accessToken }: Session): HttpRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${accessToken}` } };
}
