import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { paymentProvider } from './payment-provider.ts';
import { requireKind, startCommandOf, type ShopKind } from './shop-kind.ts';

const KEY = 'sk_live_51Abcdefgh';
const WEBHOOK = 'whsec_Abcdefgh';

function aFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'shop-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('the provider', () => {
  test('is that of the environment, and no process inherits its key', () => {
    const environment: NodeJS.ProcessEnv = { STRIPE_API_KEY: KEY, STRIPE_WEBHOOK_SECRET: WEBHOOK, PATH: '/bin' };
    expect(paymentProvider(undefined, environment)).toEqual({
      apiUrl: 'https://api.stripe.com',
      apiKey: KEY,
      webhookSecrets: [WEBHOOK],
    });
    expect(environment).toEqual({ PATH: '/bin' });
  });

  test('is that of a file, which has the form of the deployed secret', () => {
    const file = path.join(aFolder(), 'stripe.json');
    writeFileSync(file, JSON.stringify({ apiKey: KEY }));
    expect(paymentProvider(file, {})).toMatchObject({ apiKey: KEY, webhookSecrets: [] });
  });

  test('is the sandbox when nobody gives a key', () => {
    expect(paymentProvider(undefined, {})).toBeUndefined();
    expect(paymentProvider(undefined, { STRIPE_API_KEY: '' })).toBeUndefined();
  });

  test.each<[string, NodeJS.ProcessEnv]>([
    ['a publishable key', { STRIPE_API_KEY: 'pk_live_51Abcdefgh' }],
    ['a word', { STRIPE_API_KEY: 'secret-canary' }],
    ['a key with a line break', { STRIPE_API_KEY: `${KEY}\n` }],
    ['a webhook secret of another kind', { STRIPE_API_KEY: KEY, STRIPE_WEBHOOK_SECRET: 'secret-canary' }],
    ['a webhook secret alone', { STRIPE_WEBHOOK_SECRET: WEBHOOK }],
  ])('is refused with %s, and the key is not told', (_what, environment) => {
    const given = Object.values(environment).map(String);
    let message = '';
    try {
      paymentProvider(undefined, environment);
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(message).toMatch(/STRIPE_/);
    for (const secret of given) expect(message).not.toContain(secret.trim());
  });

  test.each(['', '{', '{"apiKey":"secret-canary"}', `{"apiKey":"${KEY}","more":1}`])(
    'is refused with the file %s',
    (text) => {
      const file = path.join(aFolder(), 'stripe.json');
      writeFileSync(file, text);
      expect(() => paymentProvider(file, {})).toThrow(/stripe\.json: expected \{"apiKey"/);
    },
  );

  test('is refused when there is no such file', () => {
    expect(() => paymentProvider(path.join(aFolder(), 'none.json'), {})).toThrow(/none\.json: ENOENT/);
  });
});

describe('a data folder', () => {
  const kinds: readonly ShopKind[] = ['demo', 'shop-with-sandbox', 'shop-with-provider'];

  test.each(kinds.flatMap((first) => kinds.map((then) => [first, then] as const)))(
    'that began as %s is started as %s only when that is the same',
    (first, then) => {
      const folder = aFolder();
      requireKind(folder, first, { isFresh: false });
      let refusal = '';
      try {
        requireKind(folder, then, { isFresh: false });
      } catch (error) {
        ({ message: refusal } = error as Error);
      }
      expect(refusal !== '').toBe(first !== then);
      requireKind(folder, then, { isFresh: true });
      requireKind(folder, then, { isFresh: false });
    },
  );

  test.each<[ShopKind, string]>([
    ['demo', 'npm start'],
    ['shop-with-sandbox', 'npm run shop'],
    ['shop-with-provider', 'npm run shop'],
  ])('of the kind %s says that %s starts it', (kind, command) => {
    const folder = aFolder();
    requireKind(folder, kind, { isFresh: false });
    expect(startCommandOf(folder)).toBe(command);
  });

  test('of before there were kinds is a demo', () => {
    const folder = aFolder();
    writeFileSync(path.join(folder, 'runtime.sqlite'), '');
    expect(() => requireKind(folder, 'shop-with-sandbox', { isFresh: false })).toThrow(/holds the demo shop/);
    requireKind(folder, 'demo', { isFresh: false });
  });
});
