import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ASSEMBLY_FOLDER } from '../../cli/synthesize.ts';
import { formatVerdict } from '../invariants/format-verdict.ts';
import { CONFLICT_WINDOW_MS } from '../testing/conflict-window.ts';
import { endingOf, tortureShop } from './campaign.ts';

/** `npm run campaigns -- torture` kills it more often. */
const KILLS = 3;

test(
  'a shop that is killed three times under load loses nothing and does nothing twice',
  { timeout: 180_000 },
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'shop-torture-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const result = await tortureShop({
      assemblyFolder: ASSEMBLY_FOLDER,
      dataFolder: path.join(folder, 'data'),
      port: await firstOfFourPorts(),
      conflictWindowMs: CONFLICT_WINDOW_MS,
      kills: KILLS,
      ordersPerSecond: 15,
      seed: 20_260_115,
      restTimeoutMs: 60_000,
    });
    expect(result.verdict.violations, formatVerdict(result.verdict).join('\n')).toEqual([]);
    expect(result.neverRested).toEqual([]);
    expect(result.verdict.skipped).toEqual([]);
    expect(result.snapshot.orders.length).toBeGreaterThanOrEqual(result.acknowledged);
    expect(result.brokenOrders).toEqual([]);
    // A slow machine takes too few orders between three kills for each of the endings.
    expect(result.snapshot.orders.map(endingOf)).toContain('CONFIRMED');
  },
);

/** The system takes its ports in a row, so that one number is enough to find it: look for four that are free. */
async function firstOfFourPorts(): Promise<number> {
  for (;;) {
    const first = await listening(0);
    const { port } = first.address() as AddressInfo;
    const others = await Promise.all(
      [port + 1, port + 2, port + 3].map((next) => listening(next).catch(() => undefined)),
    );
    const servers = [first, ...others];
    for (const server of servers) server?.close();
    if (servers.every((server) => server !== undefined)) return port;
  }
}

async function listening(port: number) {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
