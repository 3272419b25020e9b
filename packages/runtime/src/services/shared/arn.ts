/** The service part of an ARN, e.g. `sqs`. */
export function serviceOfArn(arn: string): string {
  return arn.split(':')[2] ?? '';
}

/** The name in `arn:aws:logs:region:account:log-group:NAME`, with or without `:*`. */
export function logGroupOfArn(arn: string): string {
  return arn.split(':')[6] ?? '';
}
