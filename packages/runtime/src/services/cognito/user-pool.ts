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
}

export interface UserPool {
  readonly poolId: string;
  readonly name: string;
  readonly createdMs: number;
  readonly clients: Map<string, UserPoolClient>;
  readonly groups: Set<string>;
}
