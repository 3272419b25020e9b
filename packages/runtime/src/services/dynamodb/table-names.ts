import type { StackIdentity } from '../../assembly/resource-type.ts';

/** What dynoxide writes into its ARNs. */
export const DYNOXIDE_ARN_PREFIX = 'arn:aws:dynamodb:dynoxide:000000000000:';

/**
 * The label in our stream ARNs. On AWS it is the time at which the stream was switched on; here it is fixed, so that
 * a template's `StreamArn` is known before the table exists and stays the same for ever.
 */
export const STREAM_LABEL = '2026-01-01T00:00:00.000';

export function tableArn(stack: StackIdentity, tableName: string): string {
  return `arn:aws:dynamodb:${stack.region}:${stack.accountId}:table/${tableName}`;
}

export function streamArn(stack: StackIdentity, tableName: string): string {
  return `${tableArn(stack, tableName)}/stream/${STREAM_LABEL}`;
}

export function tableOfArn(arn: string): string {
  return /:table\/([^/]+)/.exec(arn)?.[1] ?? arn;
}
