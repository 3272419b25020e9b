import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeJwt } from 'jose';
import { DEMO_USERS } from '../../cli/demo-users.ts';
import type { System } from '../../cli/system.ts';
import { openPageTab, type PageTab } from '../testing/page-tab.ts';

/** Where the template of a developer lets Cognito lead a browser back to. */
const PAGE = 'http://localhost:4569/';
const [ALICE, BOB] = DEMO_USERS;

/** The page's own code signs in at the running system's Cognito, with a code and a proof (RFC 7636). */
export function describePageSignIn(systemOf: () => System): void {
  describe('the page signs in with a code and a proof', () => {
    let tab: PageTab;
    let config: object;

    beforeEach(() => {
      const { runtime, deployment } = systemOf();
      const api = deployment.output('HttpApiUrl').replace(/\/$/, '');
      tab = openPageTab({ pageUrl: `${PAGE}#/shop`, backends: { api, 'oauth2/': `${runtime.endpointUrl}/oauth2/` } });
      const customers = {
        clientId: deployment.output('PageClientId'),
        signInUrl: runtime.endpointUrl,
        tokenPath: 'oauth2/token',
      };
      config = { signIn: { kind: 'pkce', customers }, live: 'polling' };
    });
    afterEach(() => tab.close());

    async function signedIn({ username, password }: { username: string; password: string }) {
      const before = await tab.load();
      await before.startSession(config);
      expect(before.customer.value).toBeUndefined();
      await before.signIn('customer');
      await tab.followTo(username, password);
      const page = await tab.load();
      await page.startSession(config);
      return page;
    }

    test('and the API takes its token', async () => {
      const page = await signedIn(ALICE);
      expect(page.customer.value?.username).toBe('alice');
      expect(decodeJwt(page.customer.value!.accessToken)).toMatchObject({
        scope: 'openid profile',
        token_use: 'access',
      });
      expect((await page.callAs('customer', '/basket')).body).toMatchObject({ lines: [] });
      // Back where it was, and nothing of the sign-in is in the address or its history.
      expect(tab.address()).toBe(`${PAGE}#/shop`);
      expect(tab.calls).toEqual(['POST oauth2/token', 'GET api/basket']);
    });

    test('a token that the API refuses is renewed unseen', async () => {
      const page = await signedIn(ALICE);
      const first = page.customer.value!;
      Object.assign(first, { accessToken: `${first.accessToken}x` });
      await Promise.all([page.callAs('customer', '/basket'), page.callAs('customer', '/orders')]);
      expect(page.customer.value?.username).toBe('alice');
      expect(page.customer.value?.accessToken).not.toBe(first.accessToken);
      expect(tab.calls.filter((call) => call === 'POST oauth2/token')).toHaveLength(2); // one sign-in, one renewal
    });

    test('whoever signed in once is led back at once, and asked again after signing out', async () => {
      const page = await signedIn(ALICE);
      page.signOut('customer');
      await tab.followTo('', '');
      expect(tab.address()).toBe(PAGE);
      expect((await signedIn(BOB)).customer.value?.username).toBe('bob');
      const other = await tab.load();
      await other.startSession(config);
      await other.signIn('customer');
      await tab.followTo(ALICE.username, ALICE.password); // no form is shown: the browser's session is Bob's
      const back = await tab.load();
      await back.startSession(config);
      expect(back.customer.value?.username).toBe('bob');
    });

    test('a code that this tab did not ask for signs nobody in', async () => {
      const page = await tab.load();
      await page.startSession(config);
      await page.signIn('customer');
      await tab.followTo(ALICE.username, ALICE.password);
      const stolen = tab.address();
      tab.close();
      tab = openPageTab({ pageUrl: stolen, backends: {} });
      const victim = await tab.load();
      await victim.startSession(config);
      expect(victim.customer.value).toBeUndefined();
      expect(tab.calls).toEqual([]);
      expect(tab.address()).toBe(PAGE);
    });

    test('a wrong password leads nowhere', async () => {
      const page = await tab.load();
      await page.startSession(config);
      await page.signIn('customer');
      await expect(tab.followTo(ALICE.username, 'wrong')).rejects.toThrow('Incorrect username or password');
    });
  });
}
