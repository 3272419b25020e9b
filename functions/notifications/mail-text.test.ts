import { expect, test } from 'vitest';
import { OrderShipped, orderShippedSample } from '../../events/order-shipped.ts';
import { OrderConfirmed, orderConfirmedSample } from '../../events/order-confirmed.ts';
import { ParcelShipped, parcelShippedSample } from '../../events/parcel-shipped.ts';
import { OrderCancelled, orderCancelledSample } from '../../events/order-cancelled.ts';
import { PaymentActionRequired, paymentActionRequiredSample } from '../../events/payment-action-required.ts';
import { PaymentMethodRequired, paymentMethodRequiredSample } from '../../events/payment-method-required.ts';
import {
  cancelledMail,
  confirmedMail,
  confirmPaymentMail,
  escapeHtml,
  otherMethodMail,
  parcelShippedMail,
  shippedMail,
} from './mail-text.ts';
import { formatMoney } from './money.ts';

test.each([
  [7300, 'EUR', '€73.00'],
  [5, 'EUR', '€0.05'],
  [0, 'USD', '$0.00'],
  [7300, 'JPY', '¥7,300'],
  [1234, 'BHD', 'BHD 1.234'],
  [500, 'ISK', 'ISK 5.00'],
  [500_000, 'HUF', 'HUF 5,000.00'],
  [999_999_999_999, 'IDR', 'IDR 9,999,999,999.99'],
  [99_999_999, 'CHF', 'CHF 999,999.99'],
])('%i minor units of %s are written %s', (amountMinor, currency, text) => {
  expect(formatMoney(amountMinor, currency).replace(/\u00a0/g, ' ')).toBe(text);
});

test('HTML is escaped, so nothing of an order becomes markup', () => {
  expect(escapeHtml(`<a href="x" title='y'>&</a>`)).toBe(
    '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;',
  );
  const parcel = { carrier: 'Fish & Sons' };
  const { html, text } = shippedMail(OrderShipped.published.parse({ ...orderShippedSample, parcel }));
  expect(html).toContain('with Fish &amp; Sons.');
  expect(text).toContain('with Fish & Sons.');
});

test('a product is called as it was when it was sold, and by its SKU where nobody said', () => {
  const { text } = confirmedMail(OrderConfirmed.published.parse(orderConfirmedSample));
  expect(text).toContain('1 x Blue teapot\n\n4 x CUP-WHITE\n');
});

test('a parcel says what is in it, and that the rest follows; the last one says that it is the last', () => {
  const part = parcelShippedMail(ParcelShipped.published.parse(parcelShippedSample));
  expect(part.text).toContain('with DHL.\n\n1 x Blue teapot\n\nTracking number: JD014600003827\n\nThe rest follows');
  const last = OrderShipped.published.parse({ ...orderShippedSample, parcelId: '2' });
  expect(shippedMail(last).subject).toMatch(/^The last part of your order/);
  expect(shippedMail(last).text).toContain('1 x TEAPOT-BLUE');
});

test('a payment that the bank must confirm comes with its link', () => {
  const confirmationUrl = 'https://payments.example.com/confirm/pi_1?a=1&b=2';
  const event = PaymentActionRequired.published.parse({ ...paymentActionRequiredSample, confirmationUrl });
  const { text, html } = confirmPaymentMail(event);
  expect(text).toContain(`Confirm the payment: ${confirmationUrl}\n`);
  expect(html).toContain('<a href="https://payments.example.com/confirm/pi_1?a=1&amp;b=2">Confirm the payment</a>');
});

test('a decline says why, and until when another method may pay', () => {
  const { text } = otherMethodMail(PaymentMethodRequired.published.parse(paymentMethodRequiredSample));
  expect(text).toContain('it has not enough funds. Nothing was charged.\n\nWe keep what you ordered until 09:44 UTC.');
});

test.each([
  [{ reason: 'OUT_OF_STOCK' }, 'Sold out: Blue teapot'],
  [{ reason: 'OUT_OF_STOCK', shortLines: [{ sku: 'CUP-WHITE' }] }, 'Sold out: CUP-WHITE'],
  [{ reason: 'PAYMENT_DECLINED', shortLines: undefined, declineCode: 'expired_card' }, 'declined: it has expired.'],
  [{ reason: 'PAYMENT_DECLINED', shortLines: undefined, declineCode: 'added_later' }, 'Your payment was declined.'],
  [{ reason: 'PAYMENT_DECLINED', shortLines: undefined }, 'Your payment was declined.'],
])('a cancelled order says which line or card was the matter: %o', (facts, sentence) => {
  const { text } = cancelledMail(OrderCancelled.published.parse({ ...orderCancelledSample, ...facts }));
  expect(text).toContain(sentence);
});
