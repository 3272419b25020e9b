import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DynoxideProcess } from './dynoxide-process.ts';
import { hiddenAddress } from './hidden-address.ts';

test.each(['127.0.0.1', '0.0.0.0'])('a port that a program on %s takes first is given up for another', async (host) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'dynoxide-'));
  const other = createServer().listen(0, host);
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const addresses = [{ host: '127.0.0.1', port }];
  const server = new DynoxideProcess(
    path.join(folder, 'database'),
    () => undefined,
    async () => addresses.shift() ?? hiddenAddress(),
  );
  onTestFinished(async () => {
    await server.stop();
    other.close();
    rmSync(folder, { recursive: true });
  });
  await server.start();
  expect(addresses).toEqual([]);
  expect(new URL(server.url).port).not.toBe(String(port));
});
