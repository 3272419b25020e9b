import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import type { EventDefinition } from '../../events/define-event.ts';
import { describeIssues } from '../../events/describe-issues.ts';
import { OpaqueId, OrderId } from '../../events/vocabulary.ts';
import { errorNameOf } from './errors.ts';
import { logger } from './logger.ts';
import { count, type MetricName } from './metrics.ts';

/** One kind of event, and what is done with each. */
export interface Subscription {
  readonly source: string;
  readonly detailType: string;
  /** Parses and works on a detail. */
  take(detail: unknown): Promise<void>;
}

/** The message is no event that this function takes. Terminal: its copies are the same bytes. Quotes no values. */
export class EventRejected extends Error {
  override readonly name = 'EventRejected';
}

/** The part of the EventBridge envelope that we rely on. */
const Envelope = z.object({ source: z.string(), 'detail-type': z.string(), detail: z.unknown() });

/** Events that are about no order have no order's id. */
const Subject = z.object({ orderId: OrderId, correlationId: OpaqueId }).partial();

/** Twice the largest event of ours, an order's command: a body of more than this is not worth parsing. */
const MAX_BODY_BYTES = 65_536;

/**
 * Events of a newer publisher come with fields that this version does not know; `work` gets them all.
 * @param work must be harmless when repeated: queues and replays deliver an event several times.
 */
export function on<Schema extends z.ZodType>(
  { source, detailType, received }: EventDefinition<Schema>,
  work: (detail: z.infer<Schema>) => Promise<void>,
): Subscription {
  return {
    source,
    detailType,
    async take(detail) {
      const parsed = received.safeParse(detail);
      if (!parsed.success) throw new EventRejected(describeIssues(parsed.error));
      await work(parsed.data);
    },
  };
}

/** Moves a message to where a person looks at it. Resolves when it is there. */
export type SetAside = (message: SQSRecord, rejection: EventRejected) => Promise<void>;

export interface RejectionOptions {
  /** What becomes of messages that are no event that this function takes. */
  readonly setAside: SetAside;
  /** Counts them. */
  readonly countedAs?: MetricName;
}

/**
 * The handler of a queue that EventBridge feeds: each message is worked on by the subscription of its kind. Messages
 * are independent. What fails comes again alone and ends in the dead-letter queue; what can never succeed is set aside
 * at once, and comes again only when that fails.
 */
export function eachEvent(
  subscriptions: readonly Subscription[],
  { setAside, countedAs }: RejectionOptions,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const processor = new BatchProcessor(EventType.SQS, { logger: { debug() {}, warn() {}, error() {} } });
  const take = async (record: SQSRecord): Promise<void> => {
    try {
      await takeMessage(record.body, subscriptions);
    } catch (error) {
      report(error, record);
      if (!(error instanceof EventRejected)) throw error;
      if (countedAs !== undefined) count(countedAs);
      await setAside(record, error);
    }
  };
  // When every record fails the processor would rather throw; answering all ids says the same and cannot be read as
  // "all done" by anyone who catches the error.
  return (event) =>
    processPartialResponse(event, take, processor, {
      throwOnFullBatchFailure: false,
    });
}

async function takeMessage(body: string, subscriptions: readonly Subscription[]): Promise<void> {
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) throw new EventRejected(`Body is larger than ${MAX_BODY_BYTES} bytes`);
  const parsed = Envelope.safeParse(jsonOf(body));
  if (!parsed.success) throw new EventRejected(describeIssues(parsed.error));
  const { source, 'detail-type': detailType, detail } = parsed.data;
  const taken = subscriptions.find((one) => one.source === source && one.detailType === detailType);
  if (taken === undefined) throw new EventRejected('Nobody here takes this kind of event');
  await taken.take(detail);
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new EventRejected('Body is not JSON'); // the engine's message quotes the text
  }
}

function report(error: unknown, { messageId, attributes, body }: SQSRecord): void {
  const attempt = Number(attributes.ApproximateReceiveCount);
  if (error instanceof EventRejected) {
    logger.error('Event rejected', { messageId, attempt, rejection: error.message.slice(0, 500) });
  } else {
    logger.warn('Event not worked on', { messageId, attempt, errorName: errorNameOf(error), ...subjectOf(body) });
  }
}

/** The ids that the journey of an order is searched by. Read again here: an event that fails is rare. */
function subjectOf(body: string): z.infer<typeof Subject> {
  const parsed = z.object({ detail: Subject }).safeParse(jsonOf(body));
  return parsed.success ? parsed.data.detail : {};
}
