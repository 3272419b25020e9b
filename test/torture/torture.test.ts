import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ASSEMBLY_FOLDER } from '../../cli/synthesize.ts';
import { formatVerdict } from '../invariants/format-verdict.ts';
import { CONFLICT_WINDOW_MS } from '../testing/conflict-window.ts';
import { freePort } from '../testing/free-port.ts';
import { endingOf, tortureShop } from './campaign.ts';

/** `npm run campaigns -- torture` kills it more often. */
const KILLS = 3;

test(
  'a shop that is killed three times under load loses nothing and does nothing twice',
  { timeout: 600_000 },
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'shop-torture-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const result = await tortureShop({
      assemblyFolder: ASSEMBLY_FOLDER,
      dataFolder: path.join(folder, 'data'),
      port: await freePort(4), // The system takes its ports in a row.
      conflictWindowMs: CONFLICT_WINDOW_MS,
      kills: KILLS,
      ordersPerSecond: 15,
      seed: 20_260_115,
      restTimeoutMs: 300_000,
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
