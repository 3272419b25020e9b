/** Starts executions of state machines. */
export interface ExecutionStarter {
  /** Resolves when the start is durable. @throws AwsError ExecutionAlreadyExists, StateMachineDoesNotExist. */
  start(stateMachineArn: string, input: string, name?: string): Promise<{ executionArn: string }>;
}
