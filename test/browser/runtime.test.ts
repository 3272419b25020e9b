import { expect, inject, test } from 'vitest';
import { AT_A_GLANCE, looksWell } from './testing/looks.ts';
import { usesBrowser, visit } from './testing/visit.ts';

usesBrowser();

test('an error is shown with the file and the line of its source', async () => {
  const functionsUrl = `${inject('pageUrl')}/aws/2015-03-31/functions`;
  const { Functions } = (await (await fetch(functionsUrl)).json()) as {
    Functions: { Handler: string; FunctionName: string }[];
  };
  const name = Functions.find(({ Handler }) => Handler.startsWith('reserve-inventory.'))?.FunctionName;
  const answer = await fetch(`${functionsUrl}/${name}/invocations`, { method: 'POST', body: '{}' });
  expect(answer.headers.get('x-amz-function-error')).toBe('Unhandled');
  const page = await visit('#/runtime');
  const errors = page.getByRole('region', { name: 'Errors of the last day' });
  await errors
    .getByText(/functions\/[\w/-]+\.ts:\d+/)
    .first()
    .waitFor();
  await looksWell(page, AT_A_GLANCE);
});

test('a function shows the tail of its log, and the command that follows it', async () => {
  const page = await visit('#/runtime');
  const functions = page.getByRole('region', { name: 'Functions' });
  await functions.getByRole('button', { name: 'reserve-inventory', exact: true }).click();
  await functions.getByRole('list', { name: 'Log' }).getByText('reserve-inventory').first().waitFor();
  await functions.getByText('npm run logs -- reserve-inventory --follow').waitFor();
});

test('every queue is there with its depths, and every resource with its type', async () => {
  const page = await visit('#/runtime');
  await page.getByText('Every queue').click();
  const row = page.getByRole('row', { name: /Ordering Checkout Work / });
  await row.first().waitFor();
  await page.getByText('Resources', { exact: true }).click();
  await page
    .getByRole('row', { name: /StepFunctions::StateMachine/ })
    .first()
    .waitFor();
});

test('an event is sent from its schema; what is none says where', async () => {
  const page = await visit('#/runtime', { expectsFailedRequests: true });
  const form = page.locator('form', { has: page.getByRole('heading', { name: 'Send a checkout’s event' }) });
  await form.getByText('What its schema says').click();
  await form.getByRole('row', { name: /paymentMethodId/ }).waitFor();
  const text = form.getByRole('textbox');
  const sample = await text.inputValue();
  await text.fill('{');
  await form.getByRole('button', { name: 'Send it' }).click();
  await form.getByRole('alert').getByText('That is no JSON').waitFor();
  await text.fill(sample.replace('"quantity": 2', '"quantity": 0'));
  await form.getByRole('button', { name: 'Send it' }).click();
  await form.getByRole('alert').getByText('quantity').waitFor();
  await text.fill(sample);
  await form.getByRole('button', { name: 'Send it' }).click();
  await form.getByRole('link').click();
  await page.getByRole('button', { name: 'Confirm order done' }).waitFor();
});
