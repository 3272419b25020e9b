/** An event of an AWS service itself, e.g. an execution's status change. */
export interface ServiceEvent {
  /** E.g. `aws.states`. */
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  /** ARNs. */
  readonly resources: string[];
}

/** Takes events of the AWS services themselves. */
export interface EventPublisher {
  /** Puts the event on the default bus. */
  publish(event: ServiceEvent): Promise<void>;
}

/** An event bus, as a target. */
export interface BusPublisher {
  /** @param event `detail` is JSON text of an object. @throws AwsError ResourceNotFoundException. */
  putTo(busArn: string, event: { source: string; detailType: string; detail: string }): Promise<void>;
}
