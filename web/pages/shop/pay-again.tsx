import { announce } from '../../ui/announcer.tsx';
import { ProblemNote } from '../../ui/notes.tsx';
import { useAction } from '../../ui/use-action.ts';
import { PaymentMethods } from './payment-methods.tsx';
import { payAgain } from './shop-api.ts';

/** Pays an order with another method after a decline. */
export function PayAgain({ orderId, refresh }: { readonly orderId: string; readonly refresh: () => void }) {
  const pay = useAction(async (form: FormData) => {
    try {
      const outcome = await payAgain(orderId, String(form.get('paymentMethod') ?? '').trim());
      announce(outcome === 'PAID' ? 'Paid' : 'Your bank asks you to confirm');
    } finally {
      refresh();
    }
  });
  return (
    <form
      class="checkout"
      onSubmit={(event) => {
        event.preventDefault();
        pay.run(new FormData(event.currentTarget));
      }}
    >
      <PaymentMethods />
      {pay.problem && <ProblemNote problem={pay.problem} onRetry={refresh} />}
      <button type="submit" class="primary" disabled={pay.isRunning}>
        {pay.isRunning ? 'Paying …' : 'Pay with this method'}
      </button>
    </form>
  );
}
