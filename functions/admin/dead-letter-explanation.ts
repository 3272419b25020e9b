import type { Message } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { BasketCheckedOut, unchargeable } from '../../events/basket-checked-out.ts';
import { EVENT_CATALOG } from '../../events/catalog.ts';
import { parseJson } from '../platform/parse-json.ts';

/** Why a message is in a dead-letter queue, as far as the message itself tells. */
export interface Explanation {
  readonly messageId: string;
  readonly sentAt: string | undefined;
  /** How often somebody received it, including whoever explains it. */
  readonly receives: number;
  /** What it is: a kind of event, a record of a failed invocation. */
  readonly subject: string;
  readonly orderId: string | undefined;
  readonly reasons: readonly string[];
}

/** Attributes of what EventBridge could not deliver, and of what a function of the shop rejected; and what each says. */
const DELIVERY_ATTRIBUTES: Readonly<Record<string, string>> = {
  ERROR_CODE: 'delivery failed',
  ERROR_MESSAGE: 'answer',
  EXHAUSTED_RETRY_CONDITION: 'gave up by',
  REJECTED_BECAUSE: 'rejected',
  RETRY_ATTEMPTS: 'attempts',
  RULE_ARN: 'rule',
  TARGET_ARN: 'target',
};

const Envelope = z.object({ source: z.string(), 'detail-type': z.string(), detail: z.unknown() });
const OrderOfDetail = z.object({ orderId: z.string() });

/** What Lambda leaves of an asynchronous invocation or of a stream batch that failed for good. */
const InvocationRecord = z.object({
  requestContext: z.object({ functionArn: z.string().optional(), condition: z.string() }),
  responsePayload: z.object({ errorType: z.string().optional(), errorMessage: z.string().optional() }).optional(),
  requestPayload: z.unknown().optional(),
  DDBStreamBatchInfo: z
    .object({ streamArn: z.string(), startSequenceNumber: z.string(), batchSize: z.number() })
    .optional(),
});

export function explain(message: Message): Explanation {
  const { MessageId = '', Attributes = {}, Body = '' } = message;
  const told = explainBody(Body);
  const sentAtMs = Number(Attributes.SentTimestamp);
  const receives = Number(Attributes.ApproximateReceiveCount ?? 0);
  const reasons = [...deliveryReasons(message), ...told.reasons];
  return {
    messageId: MessageId,
    sentAt: sentAtMs > 0 ? new Date(sentAtMs).toISOString() : undefined,
    receives,
    subject: told.subject,
    orderId: told.orderId,
    reasons: reasons.length > 0 ? reasons : [NOT_THE_MESSAGE],
  };
}

/** A sound message ends here when its worker could not do its work: the worker's log says why. */
const NOT_THE_MESSAGE = 'the message is valid, but its worker failed each time: look for the message id in its log';

function deliveryReasons({ MessageAttributes = {} }: Message): string[] {
  return Object.entries(DELIVERY_ATTRIBUTES).flatMap(([name, meaning]) => {
    const value = MessageAttributes[name]?.StringValue;
    return value === undefined ? [] : [`${meaning}: ${value}`];
  });
}

type Told = Pick<Explanation, 'subject' | 'orderId' | 'reasons'>;

function explainBody(body: string): Told {
  const json = parseJson(body);
  if (json === undefined) return { subject: 'not JSON', orderId: undefined, reasons: ['the body is not JSON'] };
  const record = InvocationRecord.safeParse(json);
  if (record.success) return explainRecord(record.data);
  const envelope = Envelope.safeParse(json);
  if (envelope.success) return explainEvent(envelope.data);
  return {
    subject: 'unknown',
    orderId: undefined,
    reasons: ['the body is not an event: source, detail-type or detail is missing'],
  };
}

function explainEvent({ source, 'detail-type': detailType, detail }: z.infer<typeof Envelope>): Told {
  const orderId = OrderOfDetail.safeParse(detail).data?.orderId;
  const subject = `${detailType} from ${source}`;
  const known = EVENT_CATALOG.find(({ event }) => event.source === source && event.detailType === detailType);
  // AWS's own events (a failed execution) have no schema of ours.
  if (!known) {
    const isOurs = !source.startsWith('aws.');
    return { subject, orderId, reasons: isOurs ? ['the shop has no such event'] : [] };
  }
  const parsed = known.event.received.safeParse(detail);
  const reasons = parsed.success ? refusalsOf(known.event, parsed.data) : parsed.error.issues.map(describeIssue);
  return { subject, orderId, reasons };
}

/** A command may be well-formed and still be refused. */
function refusalsOf(event: object, detail: unknown): string[] {
  const refusal = event === BasketCheckedOut ? unchargeable(detail as BasketCheckedOut) : undefined;
  return refusal === undefined ? [] : [refusal];
}

function explainRecord({
  requestContext,
  responsePayload,
  requestPayload,
  DDBStreamBatchInfo,
}: z.infer<typeof InvocationRecord>): Told {
  const name = requestContext.functionArn?.split(':').at(6) ?? 'a function';
  const request = Envelope.safeParse(requestPayload);
  const error = [responsePayload?.errorType, responsePayload?.errorMessage].filter(Boolean).join(': ');
  return {
    subject: `failed invocation of ${name}`,
    orderId: request.success ? orderOfExecution(request.data.detail) : undefined,
    reasons: [
      `given up by: ${requestContext.condition}`,
      ...(error === '' ? [] : [`error: ${error}`]),
      ...(DDBStreamBatchInfo
        ? [`stream records: ${DDBStreamBatchInfo.batchSize} from ${DDBStreamBatchInfo.startSequenceNumber}`]
        : []),
    ],
  };
}

/** The execution of an order is named by it. */
function orderOfExecution(detail: unknown): string | undefined {
  return z.object({ name: z.string() }).safeParse(detail).data?.name;
}

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  return `invalid ${path.map(String).join('.') || 'detail'}: ${message}`;
}
