import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { colors } from '../../cli/colors.ts';
import { startSystem } from '../../cli/system.ts';
import { playMutatedRequests, type CampaignResult } from '../mutated-requests/campaign.ts';
import { freePort } from '../testing/free-port.ts';
import { tokensOf } from '../testing/signed-in-users.ts';
import { withAssembly } from './support/assembly.ts';
import { report } from './support/counts.ts';
import { LiveLine } from './support/live-line.ts';

const USAGE = `Mutated requests over the shop's routes and as many over the AWS endpoint, against one running system: bytes, JSON
types, nesting, huge numbers, odd texts, headers twice, wrong types, truncated bodies, odd methods, long paths. Nothing
may answer with 5xx, fall silent, throw where nobody catches, or keep memory; a customer is served all along.

  npm run campaigns -- mutated-requests
  --requests N    to each of the two (default 2000)
  --seed N        which (default: a random one, printed)
`;

const MAX_SHOWN = 20;

const { values: flags } = parseArgs({
  options: {
    requests: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    help: { type: 'boolean', default: false },
  },
});

if (flags.help) console.log(USAGE);
else await withAssembly(play);

async function play(assemblyFolder: string): Promise<void> {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'mutated-requests-'));
  const faults: string[] = [];
  const line = new LiveLine();
  let shown = 0;
  const show = (failure: string): void => {
    if ((shown += 1) > MAX_SHOWN) return;
    line.clear();
    console.log(colors.red(failure));
  };
  const note = (error: unknown): void => {
    const fault = `a fault of the runtime: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    faults.push(fault);
    show(fault);
  };
  const ports = { endpoint: 0, httpApi: await freePort(), paymentSandbox: 0, page: 0 };
  const system = await startSystem({ assemblyFolder, dataFolder, ports, onFault: note });
  // Only while mutated requests are played: what throws before is told as ever.
  process.on('unhandledRejection', note).on('uncaughtException', note);
  try {
    const result = await playMutatedRequests(system, {
      seed: Number(flags.seed),
      requests: Number(flags.requests),
      tokens: {
        admin: (await tokensOf(system, 'admin')).accessToken,
        customer: (await tokensOf(system, 'bob')).accessToken,
      },
      onProgress: (text) => line.show(text),
      onFailure: show,
    });
    line.clear();
    tell(result, faults);
  } finally {
    process.off('unhandledRejection', note).off('uncaughtException', note);
    await system.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

function tell({ sent, answers, failures, memoryGrowthBytes }: CampaignResult, faults: readonly string[]): void {
  const all = [...failures, ...faults];
  for (const [answer, count] of [...answers].toSorted(([a], [b]) => a.localeCompare(b))) {
    console.log(`${answer.padEnd(14)} ${String(count).padStart(7)}`);
  }
  const grown = (memoryGrowthBytes / 1024 / 1024).toFixed(1);
  console.log(`${sent} requests of seed ${flags.seed}, ${all.length} failures, ${grown} MiB more than at the start`);
  if (all.length > 0) {
    console.log(`again: npm run campaigns -- mutated-requests --requests ${flags.requests} --seed ${flags.seed}`);
  }
  report({ passed: sent - Math.min(sent, all.length), failed: all.length });
}
