/** Executions that make a refund again which came to nothing: the end of their names says which attempt it is. */
const PREFIX = 'refund-';

/** @param attempt from 1: the parking that showed the failure. */
export function nameOfAttempt(attempt: number): string {
  return `${PREFIX}${attempt}`;
}

/** Undefined for an execution that is no such attempt. */
export function attemptOf(executionArn: string): number | undefined {
  const end = executionArn.split('.').at(-1) ?? '';
  return end.startsWith(PREFIX) ? Number(end.slice(PREFIX.length)) : undefined;
}
