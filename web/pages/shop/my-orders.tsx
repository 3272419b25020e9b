import { addressOf } from '../../platform/router.ts';
import { useData } from '../../platform/use-data.ts';
import { Empty, Shown } from '../../ui/notes.tsx';
import { OrderRows } from '../../ui/order-rows.tsx';
import { Paged } from '../../ui/paged.tsx';
import { listMyOrders } from './shop-api.ts';

export function MyOrders() {
  const first = useData('my-orders', () => listMyOrders(), {
    isAbout: () => true,
    atMostEveryMs: 1_000,
    pollMs: 10_000,
  });
  return (
    <Shown data={first} what="your orders">
      {(page) => (
        <Paged first={page} load={listMyOrders} idOf={({ orderId }) => orderId} more="Older orders">
          {(orders) =>
            orders.length === 0 ? (
              <Empty>You have not ordered anything yet.</Empty>
            ) : (
              <OrderRows orders={orders} hrefOf={(orderId) => addressOf(['shop', 'orders', orderId])} />
            )
          }
        </Paged>
      )}
    </Shown>
  );
}
