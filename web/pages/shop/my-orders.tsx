import { useState } from 'preact/hooks';
import { moneyText } from '../../../events/money.ts';
import { addressOf } from '../../platform/router.ts';
import { useData } from '../../platform/use-data.ts';
import { Moment } from '../../ui/moment.tsx';
import { Empty, ProblemNote, Shown } from '../../ui/notes.tsx';
import { OrderStatus } from '../../ui/order-status.tsx';
import { useAction } from '../../ui/use-action.ts';
import { listMyOrders, type MyOrderSummary } from './shop-api.ts';

export function MyOrders() {
  const first = useData('my-orders', () => listMyOrders(), {
    isAbout: () => true,
    atMostEveryMs: 1_000,
    pollMs: 10_000,
  });
  const [older, setOlder] = useState<{
    readonly orders: readonly MyOrderSummary[];
    readonly cursor?: string | undefined;
  }>();
  const loadOlder = useAction(async () => {
    const page = await listMyOrders(older ? older.cursor : first.value?.nextCursor);
    setOlder((before) => ({ orders: [...(before?.orders ?? []), ...page.items], cursor: page.nextCursor }));
  });
  return (
    <Shown data={first} what="your orders">
      {({ items, nextCursor }) => (
        <>
          {items.length === 0 && <Empty>You have not ordered anything yet.</Empty>}
          <ul class="my-orders">
            {[...items, ...(older?.orders ?? [])].map((order) => (
              <li key={order.orderId}>
                <a class="row-link" data-row href={addressOf(['shop', 'orders', order.orderId])}>
                  <OrderStatus status={order.status} reason={order.reason} />
                  <span>{moneyText(order.totalMinor, order.currency)}</span>
                  <Moment at={order.placedAt} />
                </a>
              </li>
            ))}
          </ul>
          {loadOlder.problem && <ProblemNote problem={loadOlder.problem} />}
          {(older ? older.cursor : nextCursor) && (
            <button type="button" disabled={loadOlder.isRunning} onClick={loadOlder.run}>
              Older orders
            </button>
          )}
        </>
      )}
    </Shown>
  );
}
