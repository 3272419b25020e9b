import { amountText } from './currencies.ts';
import type { Intent } from './stripe-objects.ts';

/** The page on which a person plays the customer of a 3-D Secure payment. */
export function confirmationPage(intent: Intent): string {
  const amount = escape(amountText(intent.amount, intent.currency));
  if (intent.status !== 'requires_action') {
    return page('Nothing to confirm', `<p>This payment of <b>${amount}</b> is <b>${escape(intent.status)}</b>.</p>`);
  }
  return page(
    'Confirm your payment',
    `<p>Order <code>${escape(intent.orderId)}</code></p><p class="amount">${amount}</p>
     <form method="post">
       <button name="outcome" value="confirm">Confirm</button>
       <button name="outcome" value="fail" class="quiet">Fail</button>
     </form>`,
  );
}

function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} (sandbox)</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; display: grid; place-items: center; min-height: 90vh; margin: 0 }
  main { border: 1px solid #ccc; border-radius: 12px; padding: 2rem 3rem; text-align: center }
  .amount { font-size: 2rem; font-weight: 600; margin: .5rem }
  button { font: inherit; padding: .6rem 1.6rem; border: 0; border-radius: 8px; background: #174ea6; color: #fff; cursor: pointer }
  button.quiet { background: #e8eaed; color: #202124 }
  small { color: #5f6368 }
</style>
<main><h1>${title}</h1>${content}<small>Payment sandbox: no money moves.</small></main></html>`;
}

function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
