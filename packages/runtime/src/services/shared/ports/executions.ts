/** Starts executions of state machines. */
export interface ExecutionStarter {
  /** Resolves when the start is durable. @throws AwsError ExecutionAlreadyExists, StateMachineDoesNotExist. */
  startExecution(request: StartExecutionRequest): Promise<{ readonly arn: string }>;
}

export interface StartExecutionRequest {
  readonly stateMachineArn: string;
  /** JSON text. */
  readonly input: string;
  readonly name?: string | undefined;
}
