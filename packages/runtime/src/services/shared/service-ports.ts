/** In-process ports between the services of the runtime; AWS clients come through the HTTP endpoint instead. */

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

export interface WaitingLine {
  joined(): void;
  left(): void;
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

/** How an event source mapping reads a DynamoDB stream (one shard). */
export interface StreamReader {
  /** Records after `afterSequenceNumber` (exclusive; undefined = TRIM_HORIZON) in order, at most `limit`. */
  read(streamArn: string, afterSequenceNumber: string | undefined, limit: number): Promise<StreamRecord[]>;
  latestSequenceNumber(streamArn: string): Promise<string | undefined>;
  /** Calls back whenever new records may be there, until the returned function is called. */
  onRecords(streamArn: string, wake: () => void): () => void;
  /** Records at or before this number are needed by no mapping any more and may be trimmed. */
  trim(streamArn: string, upToSequenceNumber: string): Promise<void>;
}

/** One change, shaped as Lambda gets it (`DynamoDBRecord`): images and keys are DynamoDB-typed JSON. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: string;
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly eventSourceARN: string;
  /** Set for deletions by the TTL service. */
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: 'dynamodb.amazonaws.com' };
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Readonly<Record<string, unknown>>;
    readonly NewImage?: Readonly<Record<string, unknown>>;
    readonly OldImage?: Readonly<Record<string, unknown>>;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';
  };
}
