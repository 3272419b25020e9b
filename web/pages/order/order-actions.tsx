import { callAs } from '../../platform/session.ts';
import { announce } from '../../ui/announcer.tsx';
import { ProblemNote } from '../../ui/notes.tsx';
import { useAction } from '../../ui/use-action.ts';
import type { OrderTrace } from './order-trace.ts';

const CANCELLABLE = ['PENDING', 'AWAITING_CUSTOMER', 'CONFIRMED'];

/** What an operator can do with the order as it stands. Each button says what will happen. */
export function OrderActions({
  trace: { orderId, order },
  refresh,
}: {
  readonly trace: OrderTrace;
  readonly refresh: () => void;
}) {
  const act = useAction(async (path: string, said: string, body?: unknown) => {
    await callAs('operator', path, { method: 'POST', ...(body !== undefined && { body }) });
    announce(said);
    refresh();
  });
  const status = order?.status ?? '';
  if (!CANCELLABLE.includes(status) && status !== 'SHIPPED') return null;
  return (
    <section class="panel" aria-label="What you can do">
      <div class="actions first">
        {status === 'CONFIRMED' && (
          <button
            type="button"
            disabled={act.isRunning}
            onClick={() => act.run(`/orders/${orderId}/shipments`, 'The order is shipped', {})}
          >
            Mark as shipped
          </button>
        )}
        {status === 'SHIPPED' && (
          <button
            type="button"
            disabled={act.isRunning}
            onClick={() => act.run(`/orders/${orderId}/delivered`, 'The order is delivered')}
          >
            Mark as delivered
          </button>
        )}
        {CANCELLABLE.includes(status) && (
          <button
            type="button"
            class="danger"
            disabled={act.isRunning}
            onClick={() => act.run(`/admin/orders/${orderId}/cancel`, 'The order is being cancelled')}
          >
            Cancel: return the money and the stock
          </button>
        )}
      </div>
      {act.problem && <ProblemNote problem={act.problem} onRetry={act.forget} />}
    </section>
  );
}
