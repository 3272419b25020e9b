import { useEffect, useRef } from 'preact/hooks';
import { moneyText } from '../../../events/money.ts';
import { onReturn } from '../../platform/bank-return.ts';
import { addressOf, goTo } from '../../platform/router.ts';
import { isAdmin } from '../../platform/session.ts';
import { useData } from '../../platform/use-data.ts';
import { announce } from '../../ui/announcer.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { Moment } from '../../ui/moment.tsx';
import { ProblemNote, Shown } from '../../ui/notes.tsx';
import { useAction } from '../../ui/use-action.ts';
import { PayAgain } from './pay-again.tsx';
import { putBack } from './put-back.ts';
import { cancelMyOrder, getMyOrder, type MyOrder as Order } from './shop-api.ts';
import { headlineOf, stationsOf } from './order-story.ts';

/** An order as its customer understands it. */
export function MyOrder({ orderId }: { readonly orderId: string }) {
  const order = useData(orderId, () => getMyOrder(orderId), {
    isAbout: (subject) => subject === orderId,
    pollMs: 2_000,
  });
  useEffect(() => onReturn(order.refresh), [orderId]);
  return (
    <Shown data={order} what="your order">
      {(known) => <Story order={known} refresh={order.refresh} />}
    </Shown>
  );
}

function Story({ order, refresh }: { readonly order: Order; readonly refresh: () => void }) {
  const { title, says, tone } = headlineOf(order);
  const last = useRef(title);
  useEffect(() => {
    if (last.current !== title) announce(`${title}. ${says}`);
    last.current = title;
  }, [title]);
  return (
    <>
      <div class={`verdict ${tone}`}>
        <Icon name={tone === 'good' ? 'done' : tone === 'busy' ? 'waiting' : 'undone'} />
        <div>
          <h2>{title}</h2>
          <p>{says}</p>
          {order.paymentRetry !== undefined && <PayAgain orderId={order.orderId} refresh={refresh} />}
          <Actions order={order} refresh={refresh} />
        </div>
      </div>
      <div class="columns">
        <section class="panel" aria-labelledby="timeline-title">
          <h2 id="timeline-title">What happened</h2>
          <ol class="timeline">
            {stationsOf(order).map(({ text, at, icon }) => (
              <Station key={text} text={text} at={at} icon={icon} />
            ))}
          </ol>
        </section>
        <section class="panel" aria-labelledby="lines-title">
          <h2 id="lines-title">What you ordered</h2>
          <ul class="basket-lines">
            {order.lines.map(({ sku, quantity, unitPriceMinor }) => (
              <li key={sku}>
                <span class="name">{sku}</span>
                <span>× {quantity}</span>
                <span class="amount">{moneyText(unitPriceMinor * quantity, order.currency)}</span>
              </li>
            ))}
          </ul>
          <p class="total">
            <span>Total</span>
            <strong>{moneyText(order.totalMinor, order.currency)}</strong>
          </p>
          <p class="quiet">
            Order <code class="id">{order.orderId}</code>
          </p>
          {isAdmin.value && <a href={addressOf(['orders', order.orderId])}>See it from the inside</a>}
        </section>
      </div>
    </>
  );
}

function Station({
  text,
  at,
  icon,
}: {
  readonly text: string;
  readonly at: string | undefined;
  readonly icon: IconName;
}) {
  return (
    <li class={at === undefined ? 'ahead' : ''}>
      <Icon name={icon} />
      <span>{text}</span>
      {at !== undefined && <Moment at={at} />}
    </li>
  );
}

function Actions({ order, refresh }: { readonly order: Order; readonly refresh: () => void }) {
  const cancel = useAction(async () => {
    await cancelMyOrder(order.orderId);
    announce('The order is being cancelled');
    refresh();
  });
  const again = useAction(async () => {
    await putBack(order.lines);
    goTo(addressOf(['shop']));
  });
  const problem = cancel.problem ?? again.problem;
  return (
    <div class="actions">
      {order.confirmationUrl !== undefined && (
        <a class="button primary" href={order.confirmationUrl} target="_blank" rel="noopener">
          Confirm at your bank <span class="only-heard">(opens a new window)</span>
        </a>
      )}
      {order.status === 'CANCELLED' && (
        <button type="button" disabled={again.isRunning} onClick={again.run}>
          Pay again with another card
        </button>
      )}
      {['PENDING', 'AWAITING_CUSTOMER', 'CONFIRMED'].includes(order.status) && (
        <button type="button" class="quiet-button" disabled={cancel.isRunning} onClick={cancel.run}>
          Cancel the order
        </button>
      )}
      {problem && <ProblemNote problem={problem} onRetry={refresh} />}
    </div>
  );
}
