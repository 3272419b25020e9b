/** In-process ports between the services of the runtime; AWS clients come through the HTTP endpoint instead. */

export interface FunctionInvoker {
  /**
   * Invokes a function synchronously (RequestResponse). Waits for a free environment; never throws for an error
   * inside the function: that is `functionError`.
   * @param functionName name or ARN, with or without qualifier.
   * @param payload JSON text.
   * @throws AwsError ResourceNotFoundException, TooManyRequestsException.
   */
  invoke(functionName: string, payload: string): Promise<InvocationResult>;
  /** Event invocation: resolves when accepted durably; two retries, then the on-failure destination. */
  invokeAsync(functionName: string, payload: string): Promise<void>;
}

export interface InvocationResult {
  /** JSON text: the handler's result, or `{errorType, errorMessage, trace}` when `functionError` is set. */
  readonly payload: string;
  readonly functionError?: 'Unhandled' | 'Handled';
}

export interface MessageSender {
  /** Resolves when the message is durable. @throws AwsError QueueDoesNotExist. */
  send(queueArn: string, body: string, attributes?: Readonly<Record<string, string>>): Promise<void>;
}

export interface EventPublisher {
  /** Puts an event of an AWS service itself (e.g. an execution's status change) on the default bus. */
  publish(event: { source: string; detailType: string; detail: unknown; resources: string[] }): Promise<void>;
}

export interface ExecutionStarter {
  /** Resolves when the start is durable. @throws AwsError ExecutionAlreadyExists, StateMachineDoesNotExist. */
  start(stateMachineArn: string, input: string, name?: string): Promise<{ executionArn: string }>;
}

/** Delivers to whatever an ARN names (queue, function, state machine, bus): targets and destinations. */
export interface TargetSender {
  /** @throws AwsError as the target's service does. */
  deliver(targetArn: string, payload: string): Promise<void>;
}

/** Where function output goes. One line a call; already structured JSON when the function logs so. */
export interface LogSink {
  append(logGroup: string, line: string, atMs: number): void;
}
