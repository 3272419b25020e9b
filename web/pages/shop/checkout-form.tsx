import { useState } from 'preact/hooks';
import { moneyText } from '../../../events/money.ts';
import { addressOf, goTo } from '../../platform/router.ts';
import { config, customer } from '../../platform/session.ts';
import { ProblemNote } from '../../ui/notes.tsx';
import { useAction } from '../../ui/use-action.ts';
import { checkOut, type Basket } from './shop-api.ts';
import { PaymentMethods } from './payment-methods.tsx';

interface Field {
  readonly name: string;
  readonly label: string;
  readonly autocomplete: string;
}

const ADDRESS_FIELDS: readonly Field[] = [
  { name: 'name', label: 'Name', autocomplete: 'name' },
  { name: 'line1', label: 'Street and number', autocomplete: 'address-line1' },
  { name: 'postalCode', label: 'Postal code', autocomplete: 'postal-code' },
  { name: 'city', label: 'City', autocomplete: 'address-level2' },
  { name: 'country', label: 'Country (two letters)', autocomplete: 'country' },
];
const EMAIL: Field = { name: 'email', label: 'E-mail', autocomplete: 'email' };

/** A basket and the key under which it is bought: the same one until the basket is another. */
function useCheckoutKey(basketVersion: number): string {
  const [kept, setKept] = useState({ basketVersion, key: crypto.randomUUID() });
  if (kept.basketVersion === basketVersion) return kept.key;
  const next = { basketVersion, key: crypto.randomUUID() };
  setKept(next);
  return next.key;
}

export function CheckoutForm({ basket, refresh }: { readonly basket: Basket; readonly refresh: () => void }) {
  const key = useCheckoutKey(basket.version);
  const sample = config.value?.sampleCheckout;
  const buy = useAction(async (form: FormData) => {
    const text = (name: string): string => String(form.get(name) ?? '').trim();
    const orderId = await checkOut(
      {
        acceptedTotal: basket.totalMinor,
        basketVersion: basket.version,
        email: text('email'),
        shippingAddress: Object.fromEntries(ADDRESS_FIELDS.map(({ name }) => [name, text(name)])),
        paymentMethod: text('paymentMethod'),
        allowPaymentRetry: true,
      },
      key,
    );
    goTo(addressOf(['shop', 'orders', orderId]));
  });
  const filled = (name: string): string => sample?.[name]?.replace('{user}', customer.value?.username ?? '') ?? '';
  return (
    <form
      class="checkout"
      onSubmit={(event) => {
        event.preventDefault();
        buy.run(new FormData(event.currentTarget));
      }}
    >
      <details>
        <summary>Where it goes to</summary>
        {[EMAIL, ...ADDRESS_FIELDS].map(({ name, label, autocomplete }) => (
          <label key={name} class="field">
            {label}
            <input name={name} type="text" required autocomplete={autocomplete} defaultValue={filled(name)} />
          </label>
        ))}
      </details>
      <PaymentMethods />
      {buy.problem && <ProblemNote problem={buy.problem} onRetry={refresh} />}
      <button type="submit" class="primary" disabled={buy.isRunning}>
        {buy.isRunning ? 'Ordering …' : `Buy for ${moneyText(basket.totalMinor, basket.currency ?? '')}`}
      </button>
    </form>
  );
}
