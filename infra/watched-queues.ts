import type { WatchedQueue } from './constructs/admin-service.ts';
import type { SubscribedQueue } from './constructs/subscribed-queue.ts';
import type { ShopParts } from './stack-outputs.ts';

type QueuedParts = Pick<ShopParts, 'events' | 'outbox' | 'ordering' | 'undeliveredRuns' | 'basket' | 'notifications'>;

/** Every queue in which something waits that everything automatic has given up on, as tools name them. */
export function watchedQueues(parts: QueuedParts): WatchedQueue[] {
  const { events, outbox, ordering, undeliveredRuns, basket, notifications } = parts;
  const subscribed = (name: string, { work, undelivered }: SubscribedQueue): WatchedQueue[] => [
    { name: `${name}-dead-letter`, kind: 'unworked', queue: work.deadLetters.queue },
    { name: `${name}-undelivered`, kind: 'undelivered', queue: undelivered.queue },
  ];
  return [
    ...subscribed('checkout', ordering.checkouts),
    { name: 'bus-failures', kind: 'other', queue: events.busFailures.queue },
    { name: 'relay-failures', kind: 'other', queue: outbox.relayFailures.queue },
    { name: 'unparked-failures', kind: 'other', queue: ordering.unparkedFailures.queue },
    { name: 'undelivered-runs', kind: 'other', queue: undeliveredRuns.queue },
    ...subscribed('returns', ordering.returns.accepted),
    ...subscribed('basket-changes', basket.changes),
    ...subscribed('mail', notifications.orderEvents),
    ...subscribed('mail-feedback', notifications.feedback),
  ];
}
