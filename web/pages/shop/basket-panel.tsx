import { moneyText } from '../../../events/money.ts';
import type { Data } from '../../platform/use-data.ts';
import { Icon } from '../../ui/icon.tsx';
import { Empty, ProblemNote, Shown } from '../../ui/notes.tsx';
import { useAction } from '../../ui/use-action.ts';
import { CheckoutForm } from './checkout-form.tsx';
import { setQuantity, type Basket, type BasketLine } from './shop-api.ts';

export function BasketPanel({ basket }: { readonly basket: Data<Basket> }) {
  return (
    <section class="panel basket" aria-labelledby="basket-title">
      <h2 id="basket-title">
        <Icon name="basket" /> Basket
      </h2>
      <Shown data={basket} what="your basket">
        {(known) =>
          known.lines.length === 0 ? (
            <Empty>Nothing is in it yet. Add a product.</Empty>
          ) : (
            <>
              <Lines basket={known} refresh={basket.refresh} />
              <CheckoutForm basket={known} refresh={basket.refresh} />
            </>
          )
        }
      </Shown>
    </section>
  );
}

function Lines({ basket, refresh }: { readonly basket: Basket; readonly refresh: () => void }) {
  const change = useAction(async ({ sku }: BasketLine, quantity: number) => {
    await setQuantity(sku, quantity, basket.version);
    refresh();
  });
  return (
    <>
      {change.problem && <ProblemNote problem={change.problem} onRetry={refresh} />}
      <ul class="basket-lines">
        {basket.lines.map((line) => (
          <li key={line.sku}>
            <span class="name">{line.name}</span>
            <label class="quantity">
              <span class="only-heard">Quantity of {line.name}</span>
              <input
                type="number"
                min="0"
                max="100"
                value={line.quantity}
                disabled={change.isRunning}
                onChange={(event) => change.run(line, Number(event.currentTarget.value))}
              />
            </label>
            <span class="amount">{moneyText(line.lineTotalMinor, basket.currency ?? '')}</span>
          </li>
        ))}
      </ul>
      <p class="total">
        <span>Total</span>
        <strong>{moneyText(basket.totalMinor, basket.currency ?? '')}</strong>
      </p>
    </>
  );
}
