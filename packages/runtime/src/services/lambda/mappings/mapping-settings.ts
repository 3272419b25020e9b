import type { InvocationResult } from '../../shared/ports/functions.ts';

/** An event source mapping as the template declares it. */
export interface MappingSettings {
  readonly uuid: string;
  readonly mappingArn: string;
  readonly eventSourceArn: string;
  /** Name or ARN, with or without qualifier. */
  readonly functionReference: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  readonly reportsBatchItemFailures: boolean;
  /** Event patterns as JSON text; a record passes when one of them matches, or when there is none. */
  readonly filterPatterns: readonly string[];
  /** Queues: how many batches may run side by side. */
  readonly maximumConcurrency?: number;
  /** Streams. */
  readonly stream?: StreamMappingSettings;
}

export interface StreamMappingSettings {
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly bisectBatchOnFunctionError: boolean;
  /** Infinity: until the record is too old. */
  readonly maximumRetryAttempts: number;
  /** Infinity: as long as the stream keeps it. */
  readonly maximumRecordAgeSeconds: number;
  readonly onFailureArn?: string;
}

/** What a mapping asks of the service. */
export interface MappingPorts {
  /** Resolves when an invocation would begin at once: what comes until then joins the same batch. */
  readonly turn: () => Promise<void>;
  /** @throws AwsError when the function is gone or throttled; function errors are in the result. */
  readonly invoke: (reference: string, payload: string, requestId: string) => Promise<InvocationResult>;
  /** Batches side by side of a queue mapping without MaximumConcurrency; reserved concurrency does not lower it. */
  readonly defaultConcurrency: number;
  readonly onProblem: (reference: string, problem: string) => void;
  /** Told how old the last record of a stream's batch was when the batch was done. */
  readonly onIteratorAge: (reference: string, ageMs: number) => void;
}

/** A mapping at work. */
export interface RunningMapping {
  readonly settings: MappingSettings;
  /** What became of the latest batch, in the words of `GetEventSourceMapping`. */
  readonly lastProcessingResult: string;
  start(): void;
  /** Takes no more; resolves when what it has taken is dealt with. */
  stop(): Promise<void>;
  /** Resolves when nothing is being delivered. */
  settled(): Promise<void>;
}
