/** Takes events of the AWS services themselves. */
export interface EventPublisher {
  /** Puts an event of an AWS service itself (e.g. an execution's status change) on the default bus. */
  publish(event: { source: string; detailType: string; detail: unknown; resources: string[] }): Promise<void>;
}

/** An event bus, as a target. */
export interface BusPublisher {
  /** @param event `detail` is JSON text of an object. @throws AwsError ResourceNotFoundException. */
  putTo(busArn: string, event: { source: string; detailType: string; detail: string }): Promise<void>;
}
