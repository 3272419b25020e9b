import { AwsError } from '../services/shared/aws-error.ts';

/** What is served, by service; a person reads it in an error. */
const PAGES = 'packages/runtime/docs/compatibility/README.md';

/** The error for a call that no service here answers; each protocol has its code. */
export function unsupportedCall(call: string, code = 'UnknownOperationException', statusCode = 400): AwsError {
  return new AwsError(code, `${call} is not served by the embedded runtime: ${PAGES} lists what is.`, statusCode);
}
