import { computed, signal } from '@preact/signals';
import type { KnownUser, PageConfig } from './config.ts';
import { send, type HttpAnswer, type HttpRequest } from './http.ts';
import { signInWithPassword } from './password-sign-in.ts';
import { beginPkce, finishPkce } from './pkce-sign-in.ts';
import { Problem } from './problem.ts';
import type { Session } from './session-tokens.ts';

/** In whose name a part of the page works: whoever runs the shop, or whoever buys in it. */
export type Role = 'operator' | 'customer';

export const config = signal<PageConfig | undefined>(undefined);
const sessions = signal<Readonly<Partial<Record<Role, Session>>>>({});

export const operator = computed(() => sessions.value.operator);
export const customer = computed(() => sessions.value.customer);
export const isAdmin = computed(() => operator.value?.groups.includes('admin') ?? false);

/** Signs in as the place where the page runs does it. Both roles are one person where people have passwords of their own. */
export async function startSession(loaded: PageConfig): Promise<void> {
  config.value = loaded;
  if (loaded.signIn.kind === 'pkce') {
    const session = await finishPkce(loaded.signIn);
    if (session) sessions.value = { operator: session, customer: session };
    return;
  }
  const { users } = loaded.signIn;
  const admin = users.find(({ groups }) => groups.includes('admin'));
  const buyer = users.find(({ groups }) => groups.length === 0);
  await Promise.all([admin && become('operator', admin), buyer && become('customer', buyer)]);
}

export async function become(role: Role, user: KnownUser): Promise<void> {
  const { clientId } = usersSignIn();
  const accessToken = await signInWithPassword(clientId, user);
  sessions.value = { ...sessions.value, [role]: { username: user.username, groups: user.groups, accessToken } };
}

export function signIn(): Promise<void> {
  const signInConfig = config.value?.signIn;
  return signInConfig?.kind === 'pkce' ? beginPkce(signInConfig) : Promise.resolve();
}

export function signOut(): void {
  sessions.value = {};
}

/** Calls the shop's HTTP API in the name of a role. An expired token is renewed once. @throws Problem */
export async function callAs<Body>(role: Role, path: string, request: HttpRequest = {}): Promise<HttpAnswer<Body>> {
  const used = sessions.value[role];
  if (!used) throw new Problem(401, { title: 'You are not signed in', code: 'NOT_SIGNED_IN' });
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

/** Calls what needs nobody's name. @throws Problem */
export function callAsAnyone<Body>(path: string): Promise<HttpAnswer<Body>> {
  return send<Body>(`api${path}`);
}

/** Several calls may find the token expired at once: the first one renews it for all. */
async function renew(role: Role, expired: Session): Promise<void> {
  if (sessions.value[role]?.accessToken !== expired.accessToken) return;
  const signInConfig = config.value?.signIn;
  if (signInConfig?.kind === 'users') {
    const user = signInConfig.users.find(({ username }) => username === expired.username);
    if (user) return become(role, user);
  }
  signOut();
}

function withToken(request: HttpRequest, { accessToken }: Session): HttpRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${accessToken}` } };
}

function usersSignIn() {
  const signInConfig = config.value?.signIn;
  if (signInConfig?.kind !== 'users') throw new Error('This place has no known users.');
  return signInConfig;
}
