import type { Locator, Page } from 'playwright-core';
import { ulid } from 'ulid';
import { expect, inject, test } from 'vitest';
import { basketCheckedOutSample } from '../../events/basket-checked-out.ts';
import { AT_A_GLANCE, looksWell } from './testing/looks.ts';
import { sendOrder } from './testing/shop-stories.ts';
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
  await looksWell(page, AT_A_GLANCE);
  await allLookWell(page, [
    ['#/', '1 orders and 0 messages wait for a person'],
    ['#/orders', 'Waits for an operator'],
    [`#/orders/${orderId}`, 'Decide in the inbox'],
  ]);
  await page.goto(page.url().replace(/#.*/, '#/inbox'));
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
  const rows = page.getByRole('article', { name: `Order ${orderId}` });
  const refused = rows.filter({ hasText: 'RefundFailed' });
  await refused.getByRole('button', { name: 'Resolve' }).click();
  const field = refused.getByLabel('Or say how you settled it');
  expect(await field.evaluate((input) => input.matches(':invalid'))).toBe(true);
  const evidence = `refunded by hand: ${await refundByHand(orderId)}`;
  await settle(refused, evidence);
  // The provider told of a refund that the shop did not ask for, and somebody must have seen that.
  await settle(rows.filter({ hasText: 'Refunded by others' }), evidence);
});

test('a message that its worker gave up on says what it is, and is sent again when somebody redrives it', async () => {
  const orderId = ulid();
  const placedAt = new Date().toISOString();
  const detail = { ...basketCheckedOutSample, orderId, eventId: `${orderId}.BasketCheckedOut`, placedAt };
  // It was on the bus as well: an order that comes from nowhere breaks a rule.
  await sendOrder(detail);
  await leaveDeadLetter(detail);
  const page = await visit('#/inbox');
  const queue = page.getByRole('article', { name: 'checkout-dead-letter' });
  await queue.getByText('BasketCheckedOut').first().waitFor();
  await queue.getByText(orderId).waitFor();
  await looksWell(page, AT_A_GLANCE);
  await queue.getByRole('button', { name: 'Redrive: send all of them again' }).click();
  await queue.waitFor({ state: 'detached' });
  await page.goto(page.url().replace(/#.*/, '#/orders'));
  await page.getByRole('link', { name: orderId }).waitFor();
  await page.goto(page.url().replace(/#.*/, '#/lab'));
  await page.getByRole('button', { name: 'Check all books' }).click();
  await page.getByRole('heading', { name: /^All \d+ rules hold$/ }).waitFor();
});

/** What waits for a person is told of elsewhere, too. */
async function allLookWell(page: Page, places: readonly (readonly [address: string, says: string])[]): Promise<void> {
  for (const [address, says] of places) {
    await page.goto(page.url().replace(/#.*/, address));
    await page.getByText(says).first().waitFor();
    await looksWell(page, AT_A_GLANCE);
  }
}

async function settle(row: Locator, evidence: string): Promise<void> {
  await row.getByLabel('Or say how you settled it').fill(evidence);
  await row.getByRole('button', { name: 'Resolve' }).click();
  await row.waitFor({ state: 'detached' });
}

/** As somebody does in the provider's dashboard: without it the rules find money that is missing. @returns its id. */
async function refundByHand(orderId: string): Promise<string> {
  const intentsUrl = `${inject('pageUrl')}/pay/_sandbox/intents`;
  const { intents } = (await (await fetch(`${intentsUrl}?orderId=${orderId}`)).json()) as { intents: { id: string }[] };
  const answer = await fetch(`${intentsUrl}/${intents[0]?.id}/refund`, { method: 'POST', body: '{}' });
  return ((await answer.json()) as { id: string }).id;
}

/** As SQS leaves a message there whose worker failed each time. */
async function leaveDeadLetter(detail: object): Promise<void> {
  const { QueueUrls = [] } = await sqs<{ QueueUrls?: string[] }>('ListQueues', {});
  const QueueUrl = QueueUrls.find((url) => url.includes('OrderingCheckoutWorkDeadLetters'));
  const envelope = { source: 'shop.basket', 'detail-type': 'BasketCheckedOut.v1', detail };
  await sqs('SendMessage', { QueueUrl, MessageBody: JSON.stringify(envelope) });
}

async function sqs<Answer>(operation: string, input: object): Promise<Answer> {
  const answer = await fetch(`${inject('pageUrl')}/aws/`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` },
    body: JSON.stringify(input),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Answer;
}
