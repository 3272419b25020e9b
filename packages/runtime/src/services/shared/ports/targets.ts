/** Delivers to whatever an ARN names (queue, function, state machine, bus): targets and destinations. */
export interface TargetSender {
  /** @throws AwsError as the target's service does. */
  deliver(targetArn: string, payload: string): Promise<void>;
}
