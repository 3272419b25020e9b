import { MAX_EVALUATION_DEPTH } from './limits.ts';

/**
 * Why an expression gave no value: the end of the sentence "The JSONata expression '…' specified for the field '…' …".
 * Plain data, so that it can cross from a worker.
 */
export class EvaluationFault extends Error {
  override readonly name = 'EvaluationFault';
}

/** The wording of AWS, measured (github.com/floci-io/floci, issue 2737); of the timeout, its documented beginning. */
export const MEMORY_EXCEEDED = threw(': Expression evaluation memory limit exceeded: Check for excessive memory usage');
export const TIMED_OUT = threw(': Expression evaluation timeout: Check for infinite loop');
export const STACK_OVERFLOW = threw(
  `: Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive. Depth=${MAX_EVALUATION_DEPTH + 1} max=${MAX_EVALUATION_DEPTH}`,
);
export const NOTHING = 'returned nothing (undefined).';
export const UNSUPPORTED_RESULT = 'returned an unsupported result type.';
export const NO_JSON_NUMBER = 'returned a number that JSON cannot hold.';

/** Codes of JSONata's own guards, and of lists longer than its own limit. */
const TIMEOUT_CODE = 'D1012';
const GUARD_FAULTS: Readonly<Record<string, string>> = {
  D1011: STACK_OVERFLOW,
  [TIMEOUT_CODE]: TIMED_OUT,
  D2014: MEMORY_EXCEEDED,
  D2015: MEMORY_EXCEEDED,
};

/** The fault that an error of an evaluation stands for. */
export function faultOf(error: unknown): EvaluationFault {
  if (error instanceof EvaluationFault) return error;
  const { code } = Object(error) as { code?: string };
  const guard = code === undefined ? undefined : GUARD_FAULTS[code];
  return new EvaluationFault(guard ?? engineFault(error) ?? threw(`. ${describeJsonataError(error)}`));
}

export function isTimeout(error: unknown): boolean {
  return (Object(error) as { code?: string }).code === TIMEOUT_CODE;
}

/** JSONata's message, with its code. */
export function describeJsonataError(error: unknown): string {
  const { code, message } = Object(error) as { code?: string; message?: string };
  return code ? `${code}: ${message ?? ''}` : (message ?? String(error));
}

/** Whether the engine ran out of stack. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack');
}

/** What the engine itself refuses: a stack too deep, a text or list too long. */
function engineFault(error: unknown): string | undefined {
  if (isStackOverflow(error)) return STACK_OVERFLOW;
  return error instanceof RangeError && /^Invalid .* length/.test(error.message) ? MEMORY_EXCEEDED : undefined;
}

function threw(rest: string): string {
  return `threw an error during evaluation${rest}`;
}
