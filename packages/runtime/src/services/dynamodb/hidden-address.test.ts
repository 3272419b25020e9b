import { expect, test } from 'vitest';
import { hiddenAddress } from './hidden-address.ts';

test('each address is another one, and not among those that a web page would try', async () => {
  const addresses = await Promise.all(Array.from({ length: 20 }, () => hiddenAddress('linux')));
  expect(new Set(addresses.map(({ host }) => host)).size).toBeGreaterThan(15);
  for (const { host, port } of addresses) {
    expect(host).toMatch(/^127\.(?!0\.)\d+\.\d+\.\d+$/);
    expect(port).toBeGreaterThan(1023);
  }
});

test('where one loopback address is configured, it is that one', async () => {
  expect(await hiddenAddress('darwin')).toMatchObject({ host: '127.0.0.1' });
});
