import type * as z from 'zod';

/** What is wrong and where, on one line; it never quotes a value. */
export function describeIssues(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.map(String).join('.') || 'all of it'}: ${message}`).join('; ');
}
