import { expect, test } from 'vitest';
import { usesBrowser, visit } from './testing/visit.ts';

usesBrowser();

test('a refused refund is a row in the inbox; when the provider takes it again, Retry makes it go', async () => {
  const page = await visit('#/lab');
  const fault = page.getByRole('article', { name: 'The refund is refused' });
  await fault.getByRole('button', { name: 'Try it' }).click();
  await fault.getByText('as told', { exact: true }).waitFor();
  const orderId = await fault.locator('.run code').innerText();
  await fault.getByRole('link', { name: 'Waits in the inbox' }).click();

  const row = page.getByRole('article', { name: `Order ${orderId}` });
  await row.getByText('8.50 EUR').waitFor();
  await row.getByText('RefundFailed').waitFor();
  await row.getByRole('button', { name: 'Retry' }).click();
  await row.waitFor({ state: 'detached' });

  await page.goto(page.url().replace(/#.*/, `#/orders/${orderId}`));
  await page.getByText('taken 8.50 − returned 8.50 = 0; held 0 ✓').waitFor();
  await page.getByText('Cancelled, by the').first().waitFor();
});

test('to resolve needs evidence', async () => {
  const page = await visit('#/lab');
  const fault = page.getByRole('article', { name: 'The refund is refused' });
  await fault.getByRole('button', { name: 'Try it' }).click();
  await fault.getByText('as told', { exact: true }).waitFor();
  const orderId = await fault.locator('.run code').innerText();
  await page.goto(page.url().replace(/#.*/, '#/inbox'));
  const row = page.getByRole('article', { name: `Order ${orderId}` });
  await row.getByRole('button', { name: 'Resolve' }).click();
  expect(await row.getByLabel('Or say how you settled it').evaluate((field) => field.matches(':invalid'))).toBe(true);
  await row.getByLabel('Or say how you settled it').fill('refunded by hand: re_123');
  await row.getByRole('button', { name: 'Resolve' }).click();
  await row.waitFor({ state: 'detached' });
});
