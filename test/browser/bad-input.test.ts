import type { Page, Route } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { AT_A_GLANCE, looksWell } from './testing/looks.ts';
import { overflowOf, usesBrowser, visit } from './testing/visit.ts';

usesBrowser();

/** Answers in the API's place. */
async function answered(page: Page, path: string, answer: Parameters<Route['fulfill']>[0]): Promise<void> {
  await page.route(`**/api${path}`, (route) => route.fulfill(answer));
}

function problem(status: number, code: string, title: string, headers: Record<string, string> = {}) {
  const body = JSON.stringify({ type: 'about:blank', title, status, code, requestId: 'req-1' });
  return { status, contentType: 'application/problem+json', body, headers };
}

describe('the page says what is wrong and what to do, when the API answers', () => {
  test.each([
    [403, 'NOT_PERMITTED', 'You are not allowed to do this', 'Sign in as somebody who may'],
    [404, 'ORDER_NOT_FOUND', 'There is no such order', 'go back to the list'],
    [409, 'ORDER_SHIPPED', 'The order has already left the warehouse', 'changed meanwhile'],
    [429, 'HTTP_429', 'Too Many Requests', 'Wait a moment'],
    [500, 'INTERNAL_ERROR', 'Something went wrong on our side', 'Try again in a moment'],
  ])('%i %s', async (status, code, title, advice) => {
    const page = await visit('#/orders', {
      expectsFailedRequests: true,
      before: (blank) => answered(blank, '/admin/orders**', problem(status, code, title)),
    });
    const note = page.getByRole('alert');
    await note.getByText(title).waitFor();
    expect(await note.innerText()).toContain(advice);
  });

  test('with what is no JSON', async () => {
    const page = await visit('#/orders', {
      expectsFailedRequests: true,
      before: (blank) =>
        answered(blank, '/admin/orders**', { status: 502, contentType: 'text/html', body: '<h1>Bad gateway' }),
    });
    await page.getByRole('alert').getByText('Something went wrong on the shop’s side').waitFor();
  });
});

test('too many requests are tried again by itself, when the API says', async () => {
  let refused = 0;
  const page = await visit('#/orders', {
    expectsFailedRequests: true,
    before: (blank) =>
      blank.route('**/api/admin/orders**', (route) => {
        refused += 1;
        return refused === 1
          ? route.fulfill(problem(429, 'HTTP_429', 'Too Many Requests', { 'retry-after': '1' }))
          : route.continue();
      }),
  });
  await page.locator('.order-list li').first().waitFor();
  expect(refused).toBeGreaterThan(1);
});

test('a backend that is gone is told of, and the page comes back with it', async () => {
  const page = await visit('#/orders', { expectsFailedRequests: true });
  await page.locator('.order-list li').first().waitFor();
  await page.route('**/api/**', (route) => route.abort('connectionrefused'));
  await page.getByLabel('Status').selectOption('CONFIRMED');
  await page.getByRole('alert').getByText('The shop does not answer').waitFor();
  await page.unroute('**/api/**');
  await page.locator('.order-list li').first().waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('an expired token is renewed, without a word', async () => {
  let expired = 0;
  const page = await visit('#/orders', {
    expectsFailedRequests: true,
    before: (blank) =>
      blank.route('**/api/admin/orders**', (route) => {
        expired += 1;
        return expired === 1 ? route.fulfill({ status: 401, body: '{"message":"Unauthorized"}' }) : route.continue();
      }),
  });
  await page.locator('.order-list li').first().waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('a token that cannot be renewed signs out, and says so', async () => {
  const page = await visit('#/orders', {
    expectsFailedRequests: true,
    before: (blank) => answered(blank, '/admin/orders**', { status: 401, body: '{"message":"Unauthorized"}' }),
  });
  await page.getByRole('alert').getByText('You are signed out').waitFor();
  await looksWell(page, AT_A_GLANCE);
});

test('without JavaScript the page says what to do', async () => {
  const page = await visit('', { javaScript: false });
  // Roles and texts are not looked for inside <noscript>.
  const note = page.locator('noscript main');
  await note.waitFor();
  expect(await note.innerText()).toMatch(/This page needs JavaScript[\s\S]*npm run orders -- list/);
});

const NAMES = [
  '茶壶（蓝）',
  'قوري شاي أزرق',
  'Blåbærsyltetøy 🫖',
  'Чайник <script>alert(1)</script>',
  'ก'.repeat(120),
  'x'.repeat(120),
];

test('names in every script are shown as they are, and do not break the page', async () => {
  const products = NAMES.map((name, index) => ({
    sku: `SKU-${index}`,
    name,
    description: name,
    category: 'teaware',
    priceMinor: 100,
    currency: index === 0 ? 'JPY' : 'EUR',
    version: 1,
  }));
  const page = await visit('#/shop', {
    width: 390,
    before: (blank) => answered(blank, '/products**', { json: { products } }),
  });
  for (const name of NAMES) await page.getByRole('heading', { name, exact: true }).waitFor();
  await page.getByText('100 JPY').waitFor();
  expect(await overflowOf(page)).toBe(0);
});

test('of ten thousand orders a page is shown, and the next one when it is asked for', async () => {
  const total = 10_000;
  const pageSize = 50;
  const page = await visit('#/orders', {
    before: (blank) =>
      blank.route('**/api/admin/orders**', (route) => {
        const from = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
        const orders = Array.from({ length: Math.min(pageSize, total - from) }, (_, index) =>
          orderNumber(from + index),
        );
        const nextCursor = String(from + pageSize);
        return route.fulfill({ json: { orders, ...(from + pageSize < total && { nextCursor }) } });
      }),
  });
  const rows = page.locator('.order-list li');
  await rows.first().waitFor();
  expect(await rows.count()).toBe(pageSize);
  await page.getByRole('button', { name: 'Older orders' }).click();
  await expect.poll(() => rows.count()).toBe(2 * pageSize);
});

test('a clock that is an hour off changes no order’s time', async () => {
  const shown = await Promise.all(
    [0, 3_600_000].map(async (offMs) => {
      const page = await visit('#/orders', { before: (blank) => blank.clock.setFixedTime(Date.now() + offMs) });
      await page.locator('.order-list time').first().waitFor();
      return page.locator('.order-list li').last().locator('time').getAttribute('datetime');
    }),
  );
  expect(shown[0]).toBe(shown[1]);
});

function orderNumber(index: number) {
  return {
    orderId: `01K2Z5N8W0CHECK0VT${String(index).padStart(8, '0')}`,
    status: 'CONFIRMED',
    customerId: 'alice',
    currency: 'EUR',
    totalMinor: 850,
    placedAt: new Date(Date.UTC(2026, 0, 1) - index * 60_000).toISOString(),
    updatedAt: '2026-01-01T00:00:00.000Z',
    isParked: false,
  };
}
