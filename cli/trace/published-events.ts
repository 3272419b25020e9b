import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { eventIdOf } from '../../events/define-event.ts';
import { orderParkedIdOf } from '../../events/order-parked.ts';
import type { OrderId } from '../../events/vocabulary.ts';
import type { Deployment } from '../deployment.ts';
import type { OrderTrace } from './order-trace.ts';

const StoredEvent = z.object({
  eventId: z.string(),
  detailType: z.string(),
  createdAt: z.string(),
  /** Absent while the event waits for its publication. */
  publishedAt: z.string().optional(),
});
export type StoredEvent = z.infer<typeof StoredEvent>;

/**
 * The events that the order wrote to the outbox, oldest first. Rows are kept for 30 days after their publication. A
 * checkout that another system published itself is not among them.
 */
export async function readStoredEvents(deployment: Deployment, trace: OrderTrace): Promise<StoredEvent[]> {
  const table = deployment.output('OutboxTableName');
  const rows: StoredEvent[] = [];
  let keys: Record<string, unknown>[] = eventIdsOf(trace).map((eventId) => ({ eventId }));
  while (keys.length > 0) {
    const { Responses, UnprocessedKeys } = await deployment.dynamoDb.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: keys } } }),
    );
    rows.push(...z.array(StoredEvent).parse(Responses?.[table] ?? []));
    keys = UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return rows.toSorted((one, other) => (one.createdAt < other.createdAt ? -1 : 1));
}

/** An event's id is a function of what it is about, so no index is needed to find it. */
function eventIdsOf({ orderId, journey, parked }: OrderTrace): string[] {
  const ofParkings = parked.flatMap(({ step, parkings }) =>
    Array.from({ length: parkings }, (_, index) => orderParkedIdOf(orderId as OrderId, step, index + 1)),
  );
  const ofJourney = journey.flatMap(({ eventId }) => eventId ?? []);
  return [...new Set([eventIdOf(BasketCheckedOut, orderId as OrderId), ...ofJourney, ...ofParkings])];
}
