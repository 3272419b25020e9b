import type { WaitingLine } from '@order-workflow/states-language';

/** Invokes functions, as Lambda does for its callers. */
export interface FunctionInvoker {
  /**
   * Invokes a function synchronously (RequestResponse). Waits for a free environment; never throws for an error
   * inside the function: that is `functionError`.
   * @param functionName name or ARN, with or without qualifier.
   * @param payload JSON text.
   * @throws AwsError ResourceNotFoundException, TooManyRequestsException.
   */
  invoke(functionName: string, payload: string, caller?: InvocationCaller): Promise<InvocationResult>;
  /** Event invocation: resolves when accepted durably; two retries, then the on-failure destination. */
  invokeAsync(functionName: string, payload: string): Promise<void>;
}

export interface InvocationCaller {
  /** Somebody looks at a screen meanwhile: goes before work that nobody watches. */
  readonly isInteractive?: boolean;
  /** Told when the invocation has to wait for a core or an environment, and when it begins then. */
  readonly line?: WaitingLine;
}

export interface InvocationResult {
  /** JSON text: the handler's result, or `{errorType, errorMessage, trace}` when `functionError` is set. */
  readonly payload: string;
  readonly functionError?: 'Unhandled' | 'Handled';
  /** The version that ran; absent for `$LATEST`. */
  readonly executedVersion?: string;
}
