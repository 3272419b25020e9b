import { expect, test } from 'vitest';
import { OrderShipped, orderShippedSample } from '../../events/order-shipped.ts';
import { escapeHtml, shippedMail } from './mail-text.ts';
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
