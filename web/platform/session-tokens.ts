/** Tokens live in this object and nowhere else: a reload forgets them. */
export interface Session {
  readonly username: string;
  readonly groups: readonly string[];
  readonly accessToken: string;
}
