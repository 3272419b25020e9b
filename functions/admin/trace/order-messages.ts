import * as z from 'zod';
import { BasketCheckedOut } from '../../../events/basket-checked-out.ts';
import { eventIdOf } from '../../../events/define-event.ts';
import { failedRefundSettledIdOf } from '../../../events/failed-refund-settled.ts';
import { OrderRefunded } from '../../../events/order-refunded.ts';
import { OrderReturned } from '../../../events/order-returned.ts';
import type { OrderReturn } from '../../orders/returns/order-return.ts';
import { orderParkedIdOf } from '../../../events/order-parked.ts';
import type { OrderId } from '../../../events/vocabulary.ts';
import type { ParkedOrder } from '../../parking/parked-order.ts';
import type { Row } from '../../platform/batch-get.ts';
import { type EventDelivery, type EventFacts, MailFacts } from './trace-view.ts';
import { soundRows } from '../../platform/sound-rows.ts';

const OutboxFacts = z.object({
  eventId: z.string(),
  detailType: z.string(),
  createdAt: z.string(),
  pendingShard: z.string().optional(),
  publishedAt: z.string().optional(),
});

type OutboxFacts = z.infer<typeof OutboxFacts>;

/** What is read of the rows of each. An event's own text is the most of its row. */
export const MESSAGE_ATTRIBUTES = {
  events: Object.keys(OutboxFacts.shape),
  mails: Object.keys(MailFacts.shape),
} as const;

export interface Messages {
  readonly events: z.infer<typeof EventFacts>[];
  readonly mails: z.infer<typeof MailFacts>[];
}

/**
 * The events that the order wrote to the outbox, oldest first, and the mails that they led to. Rows are kept for 30
 * days. A checkout that another system published itself is not among them.
 */
export function messagesOf(rows: Readonly<Record<keyof Messages, readonly Row[]>>): Messages {
  return {
    events: soundRows(OutboxFacts, rows.events)
      .map(eventFactsOf)
      .toSorted((one, other) => (one.createdAt < other.createdAt ? -1 : 1)),
    mails: soundRows(MailFacts, rows.mails),
  };
}

/** An event's id is a function of what it is about, so no index is needed to find it. */
export function eventIdsOf(
  orderId: OrderId,
  history: readonly { readonly eventId?: string | undefined }[],
  {
    parked,
    returns,
  }: {
    readonly parked: readonly Pick<ParkedOrder, 'step' | 'parkings'>[];
    readonly returns: readonly Pick<OrderReturn, 'returnId'>[];
  },
): string[] {
  const ofParkings = parked.flatMap(({ step, parkings }) =>
    Array.from({ length: parkings }, (_, index) => orderParkedIdOf(orderId, step, index + 1)),
  );
  const ofReturns = returns.flatMap(({ returnId }) =>
    [OrderReturned, OrderRefunded].map((event) => eventIdOf(event, orderId, returnId)),
  );
  const ofSettled = parked.flatMap(({ step, parkings }) =>
    Array.from({ length: parkings }, (_, index) => index + 1).flatMap((parking) =>
      [undefined, ...returns.map(({ returnId }) => returnId)].map((returnId) =>
        failedRefundSettledIdOf({ orderId, step, parking, returnId }),
      ),
    ),
  );
  const ofHistory = history.flatMap(({ eventId }) => eventId ?? []);
  const all = [eventIdOf(BasketCheckedOut, orderId), ...ofHistory, ...ofReturns, ...ofParkings, ...ofSettled];
  return [...new Set(all)];
}

function eventFactsOf({ pendingShard, ...row }: OutboxFacts): z.infer<typeof EventFacts> {
  const { createdAt, publishedAt } = row;
  const facts = { ...row, delivery: deliveryOf(pendingShard, publishedAt) };
  if (publishedAt === undefined) return facts;
  return { ...facts, delayMs: Math.max(0, Date.parse(publishedAt) - Date.parse(createdAt)) };
}

function deliveryOf(pendingShard: string | undefined, publishedAt: string | undefined): EventDelivery {
  if (pendingShard !== undefined) return pendingShard.startsWith('PENDING#') ? 'WAITING' : 'SET_ASIDE';
  return publishedAt === undefined ? 'STREAM' : 'PUBLISHED';
}
