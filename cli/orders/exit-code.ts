/** What a script can tell from a command's end. Part of the commands' contract: shown by `orders --help`. */
export const EXIT_CODE = {
  done: 0,
  /** Wrong usage, or the system refused. The reason is one line on standard error. */
  failed: 1,
  /** The answer is "no" or "not yet": no such order, not ended, nothing found to act on. */
  notSo: 2,
} as const;
export type ExitCode = (typeof EXIT_CODE)[keyof typeof EXIT_CODE];
