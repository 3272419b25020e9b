import type { AccountCaller, ServiceCaller } from '../policies/resource-policy.ts';

/** Publishes to topics. */
export interface TopicPublisher {
  /**
   * @returns the message's id; it is captured then.
   * @throws AwsError NotFound, AuthorizationError when the topic's policy does not let the caller.
   */
  publish(topicArn: string, notification: Notification, caller: ServiceCaller | AccountCaller): string;
}

export interface Notification {
  readonly subject?: string | undefined;
  readonly message: string;
}
