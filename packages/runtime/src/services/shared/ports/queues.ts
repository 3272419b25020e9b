/** Sends to queues. */
export interface MessageSender {
  /** Resolves when the message is durable. @throws AwsError QueueDoesNotExist. */
  send(queueArn: string, body: string, attributes?: Readonly<Record<string, string>>): Promise<void>;
}

/** How an event source mapping reads a queue. Receipt handles that are no longer valid are ignored, as by SQS. */
export interface QueueConsumer {
  /** Up to `maxMessages` visible messages, made invisible for the queue's visibility timeout; [] when none. */
  receive(queueArn: string, maxMessages: number): Promise<ReceivedMessage[]>;
  /** Calls back (on a later turn) whenever a message becomes visible, until the returned function is called. */
  onVisible(queueArn: string, wake: () => void): () => void;
  /** Resolves when the messages are durably gone. */
  delete(queueArn: string, receiptHandles: string[]): Promise<void>;
  /** Makes messages visible again after `seconds` (0 = at once). */
  changeVisibility(queueArn: string, receiptHandles: string[], seconds: number): Promise<void>;
}

export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  /** System attributes by their AWS name (ApproximateReceiveCount, SentTimestamp …); numbers as strings. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, MessageAttribute>>;
}

/** A message attribute as the SQS API spells it; exactly one value is set. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}
