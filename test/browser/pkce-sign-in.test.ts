import { randomUUID } from 'node:crypto';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  AssociateSoftwareTokenCommand,
  CognitoIdentityProviderClient,
  SetUserMFAPreferenceCommand,
  VerifySoftwareTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { codeAt } from '@order-workflow/runtime/services/cognito';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoPasswordOf } from '../../cli/demo-users.ts';
import { signIn } from '../../cli/sign-in.ts';
import { openPageOnAws, type PageOnAws } from './testing/page-on-aws.ts';
import { usesBrowser, visit, type VisitOptions } from './testing/visit.ts';

// As on AWS: the page leads to the user pool's sign-in page, and gets its tokens for a code and a proof (RFC 7636).

usesBrowser();

const STEP_MS = 30_000; // of the codes of an authenticator app

/** A JSON Web Token (RFC 7519). Its beginning alone comes about by chance in codes and digests. */
const TOKEN = /eyJ[\w-]+\.[\w-]+\.[\w-]+/;

let onAws: PageOnAws;

beforeAll(async () => {
  onAws = await openPageOnAws();
});
afterAll(() => onAws.close());

interface Visit {
  readonly page: Page;
  /** Every address that the browser asked for. */
  readonly addresses: readonly string[];
  /** What it posted to the token endpoint. */
  readonly exchanges: readonly URLSearchParams[];
}

async function visitOnAws(address: string, options: VisitOptions = {}): Promise<Visit> {
  const addresses: string[] = [];
  const exchanges: URLSearchParams[] = [];
  const page = await visit(address, {
    ...options,
    at: onAws,
    before: async (blank) => {
      blank.on('request', (request) => {
        addresses.push(request.url());
        if (request.url().endsWith('/oauth2/token')) exchanges.push(new URLSearchParams(request.postData() ?? ''));
      });
      await options.before?.(blank);
    },
  });
  return { page, addresses, exchanges };
}

async function giveName(page: Page, username: string, password: string): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function signInAsAlice({ page }: Visit): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).first().click();
  await giveName(page, 'alice', demoPasswordOf('alice'));
}

const isSignedIn = (page: Page, username: string): Promise<void> =>
  page.getByRole('button', { name: `Sign ${username} out` }).waitFor();

const isRefused = (page: Page): Promise<void> =>
  page.getByRole('alert').getByText('The sign-in came to nothing').waitFor();

/** The whole text of what this browser keeps of the page beyond its memory. */
function keptBy(page: Page): Promise<string> {
  return page.evaluate(`(async () => JSON.stringify({
    local: { ...localStorage },
    session: { ...sessionStorage },
    cookies: document.cookie,
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
    state: history.state,
  }))()`);
}

test('a customer is led to the sign-in page and back, with nothing of it kept but in memory, and asked again after signing out', async () => {
  const tab = await visitOnAws('#/shop');
  await signInAsAlice(tab);
  const { page, addresses, exchanges } = tab;
  await isSignedIn(page, 'alice');
  await page
    .getByText('Nothing is in it yet')
    .or(page.getByRole('button', { name: /^Buy for/ }))
    .waitFor();
  expect(page.url()).toBe(`${onAws.pageUrl}/#/shop`);

  const [exchange] = exchanges;
  expect(Object.fromEntries(exchange!)).toEqual({
    client_id: onAws.deployment.output('PageClientId'),
    grant_type: 'authorization_code',
    redirect_uri: `${onAws.pageUrl}/`,
    code: expect.any(String),
    code_verifier: expect.stringMatching(/^[\w-]{43,128}$/),
  });
  const kept = await keptBy(page);
  expect(kept).not.toMatch(TOKEN);
  for (const secret of ['alice', exchange!.get('code')!, exchange!.get('code_verifier')!]) {
    expect(kept).not.toContain(secret);
  }
  const told = addresses.join(' ');
  expect(told).not.toMatch(TOKEN);
  for (const secret of ['alice', exchange!.get('code_verifier')!]) expect(told).not.toContain(secret);

  // A code is good once.
  const again = await fetch(`${onAws.signInUrl}/oauth2/token`, { method: 'POST', body: exchange! });
  expect([again.status, await again.json()]).toEqual([400, { error: 'invalid_grant' }]);

  await page.reload();
  await page.getByRole('button', { name: 'Sign in' }).first().click();
  await isSignedIn(page, 'alice'); // the sign-in page knew this browser
  await page.getByRole('button', { name: 'Sign alice out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).first().click();
  await page.getByLabel('Username').waitFor(); // and now it asks again
});

test('an operator gives a second factor, and a wrong code opens nothing', async () => {
  const { username, password, secret } = await anOperatorWithAnApp();
  const { page } = await visitOnAws('#/orders', { expectsFailedRequests: true });
  await page.getByRole('button', { name: 'Sign in' }).first().click();
  await giveName(page, username, password);
  const code = page.getByLabel('Code');
  const soon = codeAt(secret, Date.now() + STEP_MS); // the one of now has been used to set the app up
  await code.fill(soon.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)));
  await code.press('Enter');
  await page.getByRole('alert').getByText('Invalid code').waitFor();
  expect(new URL(page.url()).origin).toBe(onAws.signInUrl);
  await code.fill(codeAt(secret, Date.now() + STEP_MS));
  await code.press('Enter');
  await isSignedIn(page, username);
  await page.locator('.order-list li').first().waitFor();
  expect(page.url()).toBe(`${onAws.pageUrl}/#/orders`);
});

describe('nobody is signed in', () => {
  test('with a wrong password, and another one may be given', async () => {
    const { page } = await visitOnAws('#/shop', { expectsFailedRequests: true });
    await page.getByRole('button', { name: 'Sign in' }).first().click();
    await giveName(page, 'alice', 'Bob-the-builder-1');
    await page.getByRole('alert').getByText('Incorrect username or password').waitFor();
    await giveName(page, 'alice', demoPasswordOf('alice'));
    await isSignedIn(page, 'alice');
  });

  test('with another verifier than the one whose digest went ahead', async () => {
    const tab = await visitOnAws('#/shop', {
      expectsFailedRequests: true,
      before: (blank) =>
        blank.route('**/oauth2/token', (route, request) => {
          const form = new URLSearchParams(request.postData() ?? '');
          form.set('code_verifier', 'x'.repeat(43));
          return route.continue({ postData: form.toString() });
        }),
    });
    await signInAsAlice(tab);
    await isRefused(tab.page);
    expect(await tab.page.getByRole('button', { name: 'Sign alice out' }).count()).toBe(0);
    expect(tab.page.url()).toBe(`${onAws.pageUrl}/#/shop`);
  });

  test('with the code of another browser: the state is not the one that this tab gave out', async () => {
    const stolen = await anUnusedWayBack();
    const victim = await visitOnAws('#/shop');
    await victim.page.getByRole('button', { name: 'Sign in' }).first().click();
    await victim.page.getByLabel('Username').waitFor(); // this tab has a state and a verifier of its own now
    await victim.page.goto(stolen);
    await isRefused(victim.page);
    expect(victim.exchanges).toEqual([]);
    expect(victim.page.url()).toBe(`${onAws.pageUrl}/#/shop`);
  });

  test.each([
    ['https://evil.example/', 'the address to come back to is nobody’s'],
    ['http://localhost:4569/orders', 'it is another one of this page'],
  ])('when it should end at %s: %s', async (redirectUri) => {
    const { page, addresses } = await visitOnAws('#/shop', { expectsFailedRequests: true });
    await page.getByRole('button', { name: 'Sign in' }).first().click();
    await page.getByLabel('Username').waitFor();
    const authorize = new URL(addresses.find((address) => address.includes('/oauth2/authorize'))!);
    authorize.searchParams.set('redirect_uri', redirectUri);
    await page.evaluate(`location.assign(${JSON.stringify(authorize.href)})`);
    await page.getByText('redirect_mismatch').waitFor();
    expect(new URL(page.url()).origin).toBe(onAws.signInUrl);
    expect(addresses.filter((address) => address.startsWith(redirectUri))).toEqual([]);
  });
});

/** The address, with a code in it, where the sign-in page leads somebody else. */
async function anUnusedWayBack(): Promise<string> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: onAws.deployment.output('PageClientId'),
    redirect_uri: `${onAws.pageUrl}/`,
    state: 'of-another-tab',
  });
  const answer = await fetch(`${onAws.signInUrl}/login?${query.toString()}`, {
    method: 'POST',
    body: new URLSearchParams({ username: 'bob', password: demoPasswordOf('bob') }),
    redirect: 'manual',
  });
  return answer.headers.get('location')!;
}

/** Somebody who ships orders, with an authenticator app. @returns the app's secret too, in Base32. */
async function anOperatorWithAnApp() {
  const { deployment } = onAws;
  const cognito = new CognitoIdentityProviderClient(deployment.clientConfig);
  const [Username, Password] = [`operator-${randomUUID().slice(0, 8)}`, `Correct-horse-${randomUUID()}`];
  const user = { UserPoolId: deployment.output('OperatorPoolId'), Username };
  try {
    await cognito.send(new AdminCreateUserCommand({ ...user, MessageAction: 'SUPPRESS' }));
    await cognito.send(new AdminSetUserPasswordCommand({ ...user, Password, Permanent: true }));
    await cognito.send(new AdminAddUserToGroupCommand({ ...user, GroupName: 'admin' }));
    const { accessToken: AccessToken } = await signIn(deployment, Username, Password);
    const { SecretCode: secret = '' } = await cognito.send(new AssociateSoftwareTokenCommand({ AccessToken }));
    await cognito.send(new VerifySoftwareTokenCommand({ AccessToken, UserCode: codeAt(secret, Date.now()) }));
    const SoftwareTokenMfaSettings = { Enabled: true, PreferredMfa: true };
    await cognito.send(new SetUserMFAPreferenceCommand({ AccessToken, SoftwareTokenMfaSettings }));
    return { username: Username, password: Password, secret };
  } finally {
    cognito.destroy();
  }
}
