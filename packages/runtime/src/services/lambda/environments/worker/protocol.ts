/** What the runtime and one execution environment (a worker thread) say to each other. Payloads travel as JSON text. */

/** Everything an environment is told at its birth. */
export interface EnvironmentBirth {
  /** `file.export`, also with folders and nested exports, as in the function's `Handler`. */
  readonly handler: string;
  /** Absolute folder of the function's code. */
  readonly taskRoot: string;
  /** Handlers with a third parameter get a callback; Lambda ended that with Node.js 24. */
  readonly supportsCallbacks: boolean;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly memorySizeMb: number;
  readonly logGroup: string;
  readonly logStream: string;
  readonly logFormat: 'Text' | 'JSON';
  /** Lowest level that `console` writes in the JSON format. */
  readonly applicationLogLevel: string;
  readonly compileCacheFolder?: string;
}

export interface InvocationRequest {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  readonly invokedFunctionArn: string;
  readonly timeoutMs: number;
  readonly traceId: string;
  /** JSON text. */
  readonly clientContext?: string;
}

export type EnvironmentMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'initFailed'; readonly payload: string }
  | { readonly kind: 'output'; readonly text: string }
  | {
      readonly kind: 'finished';
      /** JSON text: the result, or the error as Lambda shapes it. */
      readonly payload: string;
      readonly failed: boolean;
      readonly heapUsedBytes: number;
      /** The environment is about to exit and must not be used again. */
      readonly exiting: boolean;
    };
