import * as z from 'zod';
import { parseJson } from './parse-json.ts';

/** What Lambda says of a function that threw (docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html). */
const FailedInvocation = z.object({ errorType: z.string(), errorMessage: z.string() });
export type FailedInvocation = z.infer<typeof FailedInvocation>;

/** The error of a function, from the cause of a task that failed on it; undefined for any other cause. */
export function readFailedInvocation(cause: string | undefined): FailedInvocation | undefined {
  const read = FailedInvocation.safeParse(cause === undefined ? undefined : parseJson(cause));
  return read.success ? read.data : undefined;
}
