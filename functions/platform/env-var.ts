/**
 * A setting that the function cannot work without. Read it where the module loads, so that a missing one ends the
 * cold start with its name and not some request with a riddle.
 * @throws Error naming the variable.
 */
export function envVar(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`Environment variable ${name} is not set: this function cannot start without it`);
  }
  return value;
}
