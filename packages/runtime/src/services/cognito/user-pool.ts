/** A user that whoever starts the runtime brings along; known in every user pool. */
export interface DemoUser {
  readonly username: string;
  readonly sub: string;
  readonly groups: readonly string[];
  /** Without one, the user cannot sign in through the API. */
  readonly password?: string;
  readonly email?: string;
}

export interface UserPoolClient {
  readonly clientId: string;
  readonly name: string;
  /** E.g. `ALLOW_USER_PASSWORD_AUTH`. */
  readonly authFlows: readonly string[];
  readonly accessTokenSeconds: number;
  readonly idTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  /** Answers for users that are not there look like those for users that are (`PreventUserExistenceErrors`). */
  readonly hidesUsers: boolean;
  /** What it may do at the sign-in pages; empty: it has none. */
  readonly oauth: OAuthRules;
}

export interface OAuthRules {
  /** `code` and others, which the pages do not know. */
  readonly flows: readonly string[];
  readonly scopes: readonly string[];
  readonly callbackUrls: readonly string[];
  readonly logoutUrls: readonly string[];
}

/** What of a pool's template decides about its users. */
export interface PoolRules {
  readonly password: PasswordPolicy;
  /** Whether users sign up by themselves. */
  readonly allowsSignUp: boolean;
  /** Whether a verified e-mail address stands for the name of its user. */
  readonly hasEmailAlias: boolean;
  /** Whether an address is verified by a code when it is new. */
  readonly verifiesEmail: boolean;
  /** Whether everybody needs a second factor (`ON`), those who set one up do (`OPTIONAL`), or nobody can. */
  readonly mfa: 'ON' | 'OPTIONAL' | 'OFF';
  /** Mail with a code; the text holds `{####}`. */
  readonly verification: { readonly subject: string; readonly text: string };
}

export interface PasswordPolicy {
  readonly minLength: number;
  readonly requires: readonly ('uppercase' | 'lowercase' | 'numeric' | 'symbol')[];
  /** How long a password that an administrator gave may be used. */
  readonly temporaryDays: number;
}

export interface UserPool {
  readonly poolId: string;
  readonly name: string;
  readonly createdMs: number;
  readonly rules: PoolRules;
  readonly clients: Map<string, UserPoolClient>;
  readonly groups: Set<string>;
}
