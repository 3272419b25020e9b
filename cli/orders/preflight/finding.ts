/** `must`: a deployment fails, or the shop would not work. `raise`: it works until it grows or somebody notices. */
export type Verdict = 'ok' | 'raise' | 'must';

/** What one look at the account showed. */
export interface Finding {
  readonly subject: string;
  readonly verdict: Verdict;
  readonly told: string;
  /** The command, or the step, that mends it. */
  readonly mend?: string;
}

/** Whose data and customers the deployment is for: prod is judged more strictly. */
export type Environment = 'dev' | 'prod';

export function ok(subject: string, told: string): Finding {
  return { subject, verdict: 'ok', told };
}

export function raise(subject: string, told: string, mend: string): Finding {
  return { subject, verdict: 'raise', told, mend };
}

export function must(subject: string, told: string, mend: string): Finding {
  return { subject, verdict: 'must', told, mend };
}

/** A look that AWS refused shows nothing; it is never taken for "ok". */
export function refused(subject: string, error: unknown, action: string): Finding {
  const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return raise(subject, `could not be looked at: ${told}`, `allow ${action} to who runs this`);
}
