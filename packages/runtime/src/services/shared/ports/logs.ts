/** Where function output goes. One line a call; already structured JSON when the function logs so. */
export interface LogSink {
  append(logGroup: string, line: string, atMs: number): void;
}

/** Log groups as targets: unlike its writers, who send there must name one that exists. */
export interface LogTarget {
  /** @throws AwsError ResourceNotFoundException. */
  send(logGroupArn: string, line: string, atMs: number): void;
}
