import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

/** An event as EventBridge puts it into a queue. */
export interface QueuedEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
}

/** A batch of messages with these bodies: message ids count from `m-1`. */
export function aBatch(...bodies: readonly string[]): SQSEvent {
  return { Records: bodies.map((body, n) => aMessage(body, `m-${n + 1}`)) };
}

/** The body of the message that EventBridge makes of an event. */
export function bodyOf({ source, detailType, detail }: QueuedEvent, envelope: object = {}): string {
  return JSON.stringify({
    version: '0',
    id: 'c0ffee',
    source,
    'detail-type': detailType,
    account: '000000000000',
    time: '2026-01-15T09:30:00Z',
    region: 'us-east-1',
    resources: [],
    detail,
    ...envelope,
  });
}

export function failedIds({ batchItemFailures }: SQSBatchResponse): string[] {
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

function aMessage(body: string, messageId: string): SQSRecord {
  return { messageId, body, attributes: { ApproximateReceiveCount: '1' } } as unknown as SQSRecord;
}
