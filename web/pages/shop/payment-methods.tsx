import { config } from '../../platform/session.ts';

/** Never a card number: methods are made at the payment provider, and the shop gets their id. */
export function PaymentMethods() {
  const cards = config.value?.testCards ?? [];
  if (cards.length === 0) {
    return (
      <label class="field">
        Payment method
        <input name="paymentMethod" required pattern="pm_[A-Za-z0-9_]+" placeholder="pm_…" autocomplete="off" />
        <span class="quiet">The id that the payment provider’s own form gave. Never a card number.</span>
      </label>
    );
  }
  return (
    <fieldset class="cards">
      <legend>Pay with</legend>
      {cards.map(({ id, title, says }, index) => (
        <label key={id}>
          <input type="radio" name="paymentMethod" value={id} defaultChecked={index === 0} />
          <span>
            <strong>{title}</strong> <span class="quiet">{says}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
