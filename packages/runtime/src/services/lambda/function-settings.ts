/** A function as the template declares it. */
export interface FunctionSettings {
  readonly functionName: string;
  readonly functionArn: string;
  /** Absolute folder of the function's code. */
  readonly codeFolder: string;
  readonly handler: string;
  /** Lambda's runtime identifier, e.g. `nodejs24.x`. */
  readonly runtime: string;
  readonly timeoutMs: number;
  readonly memorySizeMb: number;
  /** The template's `Environment.Variables`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
  /** Target of asynchronous invocations that failed for good (`DeadLetterConfig`). */
  readonly deadLetterArn?: string;
  readonly logging: LoggingSettings;
  readonly description?: string;
  readonly roleArn?: string;
  readonly architecture?: string;
}

export interface LoggingSettings {
  readonly logGroup: string;
  readonly format: 'Text' | 'JSON';
  readonly applicationLogLevel: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
  readonly systemLogLevel: 'DEBUG' | 'INFO' | 'WARN';
}

/** Functions of the template have one version. */
export const LATEST = '$LATEST';

/** Runtimes older than Node.js 24 run here on Node.js 24, but keep callbacks. */
export function supportsCallbacks(runtime: string): boolean {
  const major = /^nodejs(\d+)\.x$/.exec(runtime)?.[1];
  return major !== undefined && Number(major) < 24;
}
