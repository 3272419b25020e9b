import { moneyText } from '../../events/money.ts';
import { Moment } from './moment.tsx';
import { OrderStatus } from './order-status.tsx';

interface OrderRowsProps {
  readonly orders: readonly {
    readonly orderId: string;
    readonly status: string;
    readonly reason?: string;
    readonly currency: string;
    readonly totalMinor: number;
    readonly placedAt: string;
  }[];
  /** The page of an order. */
  readonly hrefOf: (orderId: string) => string;
}

/** Orders in short: how each stands, what it costs and when it was placed. */
export function OrderRows({ orders, hrefOf }: OrderRowsProps) {
  return (
    <ul class="my-orders">
      {orders.map(({ orderId, status, reason, currency, totalMinor, placedAt }) => (
        <li key={orderId}>
          <a class="row-link" data-row href={hrefOf(orderId)}>
            <OrderStatus status={status} reason={reason} />
            <span>{moneyText(totalMinor, currency)}</span>
            <Moment at={placedAt} />
          </a>
        </li>
      ))}
    </ul>
  );
}
