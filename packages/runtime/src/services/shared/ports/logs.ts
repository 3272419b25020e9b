/** Where function output goes. One line a call; already structured JSON when the function logs so. */
export interface LogSink {
  append(logGroup: string, line: string, atMs: number): void;
}
