import { expect, test, vi } from 'vitest';

// The router asks the browser for its address when it is loaded.
vi.stubGlobal('location', { hash: '' });
vi.stubGlobal('addEventListener', () => undefined);
const { addressOf, parsePlace } = await import('./router.ts');

test.each([
  ['', [], {}],
  ['#/', [], {}],
  ['#/orders', ['orders'], {}],
  ['#/orders/01M8?status=CANCELLED&customer=a%40b', ['orders', '01M8'], { status: 'CANCELLED', customer: 'a@b' }],
  ['#/stock/%E8%8C%B6', ['stock', '茶'], {}],
  ['#/stock/100%', ['stock', '100%'], {}],
])('%s is a place', (text, path, query) => {
  expect(parsePlace(text)).toEqual({ path, query });
});

test.each([
  [['orders', 'a/b'], { q: '茶 & tee' }],
  [[], {}],
])('an address leads back to its place', (path, query) => {
  expect(parsePlace(addressOf(path, query))).toEqual({ path, query });
});

test('what is not asked for is not in the address', () => {
  expect(addressOf(['orders'], { status: '', customer: undefined })).toBe('#/orders');
});
