import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoPasswordOf } from '../../cli/demo-users.ts';
import { looksWell } from './testing/looks.ts';
import { openPageOnAws, type PageOnAws } from './testing/page-on-aws.ts';
import { usesBrowser, visit } from './testing/visit.ts';

usesBrowser();

let onAws: PageOnAws;

beforeAll(async () => {
  onAws = await openPageOnAws();
});
afterAll(() => onAws.close());

/** The page's own form, where people have accounts and give their passwords to the page. */
async function ownForm(): Promise<Page> {
  const signIn = { kind: 'password', clientId: onAws.deployment.output('UserPoolClientId') };
  const page = await visit('#/sign-in', {
    expectsFailedRequests: true,
    before: (blank) => blank.route('**/config.json', (route) => route.fulfill({ json: { signIn, live: 'events' } })),
  });
  await page.getByLabel('E-mail address').waitFor();
  return page;
}

test('the page’s own form looks well, and is filled in by the keyboard alone', async () => {
  const page = await ownForm();
  await page.getByLabel('E-mail address').focus();
  await page.keyboard.type('alice@example.com');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Not-her-password-1');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('Incorrect username or password').waitFor();
  await looksWell(page);
  await page.getByLabel('Password').focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(demoPasswordOf('alice'));
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Sign .* out$/ }).waitFor();
  expect(page.url()).toContain('#/shop');
});

test('an account is opened with an address, a password and the code of a mail', async () => {
  const page = await ownForm();
  const email = `mira-${Date.now()}@example.com`;
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Open an account' }).click();
  await page.getByRole('alert').getByText('Password').waitFor();
  await page.getByLabel('Password').fill('Correct-horse-battery-9');
  await page.getByRole('button', { name: 'Open an account' }).click();
  await page.getByText(`A code is on its way to ${email}`).first().waitFor();
  await looksWell(page);
  await page.getByLabel('Code').fill('000000');
  await page.getByLabel('Code').press('Enter');
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Code').fill(await codeMailedTo(email));
  await page.getByLabel('Code').press('Enter');
  await page.getByRole('button', { name: /^Sign .* out$/ }).waitFor();
});

async function codeMailedTo(email: string): Promise<string> {
  const answer = await fetch(`${onAws.signInUrl}/_runtime/mails?to=${email}`);
  const { mails } = (await answer.json()) as { mails: { text: string }[] };
  const [code] = /\b\d{6}\b/.exec(mails.at(-1)?.text ?? '') ?? [];
  if (code === undefined) throw new Error(`No code was mailed to ${email}.`);
  return code;
}

test('the user pool’s page looks well, and is filled in by the keyboard alone', async () => {
  const page = await visit('#/shop', { at: onAws, expectsFailedRequests: true });
  await page.getByRole('button', { name: 'Sign in' }).first().click();
  await page.getByLabel('Username').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type('alice');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Not-her-password-1');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('Incorrect username or password').waitFor();
  await looksWell(page);
});
