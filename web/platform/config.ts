/** What `config.json` beside the page says of the place where it runs. */
export interface PageConfig {
  readonly signIn: UsersSignIn | PasswordSignIn | PkceSignIn;
  /** How the page learns of changes: the server tells it, or it asks again and again. */
  readonly live: 'events' | 'polling';
  /** Of the payment provider's test mode; without any, a payment method's id is asked for. */
  readonly testCards?: readonly TestCard[];
  /** Fills the checkout's form, so that nobody must invent an address; `{user}` is who buys. */
  readonly sampleCheckout?: Readonly<Record<string, string>>;
  /** Present where the parts behind the shop can be reached from the page. */
  readonly machine?: MachineConfig;
}

export interface TestCard {
  /** A payment method's id at the provider. */
  readonly id: string;
  readonly title: string;
  /** What it does. */
  readonly says: string;
}

/** Known users with known passwords, which the page signs in by itself. */
export interface UsersSignIn {
  readonly kind: 'users';
  readonly clientId: string;
  readonly users: readonly KnownUser[];
}

/** People have accounts and passwords of their own, which they give to the page: one person for both roles. */
export interface PasswordSignIn {
  readonly kind: 'password';
  readonly clientId: string;
}

export interface KnownUser {
  readonly username: string;
  readonly password: string;
  readonly groups: readonly string[];
}

/** The user pool's own sign-in page, by the authorization code flow with PKCE (RFC 7636). */
export interface PkceSignIn {
  readonly kind: 'pkce';
  readonly customers: PkceClient;
  /** Absent where operators are customers in a group. */
  readonly operators?: PkceClient;
}

export interface PkceClient {
  readonly clientId: string;
  /** Of the user pool's sign-in pages, without a slash at the end. */
  readonly signInUrl: string;
  /** Of its token endpoint, below the page's own address. */
  readonly tokenPath: string;
}

export interface MachineConfig {
  readonly stackName: string;
  /** The stack's outputs by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly canKill: boolean;
}

export async function loadConfig(): Promise<PageConfig> {
  const response = await fetch('config.json', { cache: 'no-store' });
  if (!response.ok) throw new Error(`config.json: ${response.status}`);
  return (await response.json()) as PageConfig;
}
