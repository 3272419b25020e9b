/** How an event source mapping reads a DynamoDB stream (one shard). */
export interface StreamReader {
  /** The highest number that any stream ever gave, trimmed records and dropped tables included; `0` before the first. */
  highestSequenceNumber?(): Promise<string>;

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
