import { useLayoutEffect, useRef } from 'preact/hooks';
import { moneyText } from '../../../events/money.ts';
import type { PageOf } from '../../platform/page-of.ts';
import { addressOf, goTo, place, replaceQuery } from '../../platform/router.ts';
import { useData } from '../../platform/use-data.ts';
import { Badge, OrderStatus, wordsOf } from '../../ui/order-status.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, Shown } from '../../ui/notes.tsx';
import { Paged } from '../../ui/paged.tsx';
import { Order } from '../order/order.tsx';
import { findOrders, type FoundOrder, type OrderFilter } from './find-orders.ts';

const STATUSES = ['PENDING', 'AWAITING_CUSTOMER', 'CONFIRMED', 'SHIPPED', 'DELIVERED', 'CANCELLING', 'CANCELLED'];
const ORDER_ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

export function Orders({ path: [orderId] }: { readonly path: readonly string[] }) {
  return orderId === undefined ? <OrderList /> : <Order key={orderId} orderId={orderId} />;
}

/** Everybody's orders, newest first. */
function OrderList() {
  const { status, customer, parked, focus } = place.value.query;
  const filter: OrderFilter = { status, customer, parked };
  const key = `orders ${JSON.stringify(filter)}`;
  const first = useData(key, () => findOrders(filter), { isAbout: () => true, atMostEveryMs: 1_000, pollMs: 10_000 });
  return (
    <>
      <div class="page-head">
        <h1>Orders</h1>
      </div>
      <Filters filter={filter} hasFocus={focus === 'search'} />
      <Shown data={first} what="orders">
        {(page) => <Found key={key} page={page} filter={filter} />}
      </Shown>
    </>
  );
}

function Filters({ filter, hasFocus }: { readonly filter: OrderFilter; readonly hasFocus: boolean }) {
  const search = useRef<HTMLInputElement>(null);
  // Before the field is painted: who types right after the key loses no letter.
  useLayoutEffect(() => {
    if (hasFocus) search.current?.focus();
  }, [hasFocus]);
  return (
    <form
      class="filters"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const text = (search.current?.value ?? '').trim();
        if (ORDER_ID.test(text.toUpperCase())) goTo(addressOf(['orders', text.toUpperCase()]));
        else replaceQuery({ ...filter, customer: text });
      }}
    >
      <label class="field">
        Order or customer
        <input
          ref={search}
          type="search"
          defaultValue={filter.customer ?? ''}
          placeholder="01… or a customer’s id"
          autocomplete="off"
        />
      </label>
      <label class="field">
        Status
        <select
          value={filter.status ?? ''}
          onChange={(event) => replaceQuery({ ...filter, status: event.currentTarget.value })}
        >
          <option value="">any</option>
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {wordsOf(status)}
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={filter.parked === 'true'}
          onChange={(event) => replaceQuery({ ...filter, parked: event.currentTarget.checked ? 'true' : '' })}
        />{' '}
        waits for an operator
      </label>
      <button type="submit">Search</button>
    </form>
  );
}

function Found({ page, filter }: { readonly page: PageOf<FoundOrder>; readonly filter: OrderFilter }) {
  return (
    <Paged
      first={page}
      load={(cursor) => findOrders(filter, cursor)}
      idOf={({ orderId }) => orderId}
      more="Older orders"
    >
      {(orders, isAll) =>
        orders.length === 0 ? (
          <Empty>{isAll ? 'No such order.' : 'None among the newest; older ones may fit.'}</Empty>
        ) : (
          <ul class="order-list">
            {orders.map((order) => (
              <li key={order.orderId}>
                <a class="row-link" data-row href={addressOf(['orders', order.orderId])}>
                  <span class="states">
                    <OrderStatus status={order.status} reason={order.reason} />
                    {order.isParked && (
                      <Badge icon="alert" tone="bad">
                        Waits for an operator
                      </Badge>
                    )}
                  </span>
                  <code class="id">{order.orderId}</code>
                  <span class="customer">{order.customerId}</span>
                  <span class="amount">{moneyText(order.totalMinor, order.currency)}</span>
                  <Moment at={order.placedAt} />
                </a>
              </li>
            ))}
          </ul>
        )
      }
    </Paged>
  );
}
