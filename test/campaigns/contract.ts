import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { colors } from '../../cli/colors.ts';
import { startSystem } from '../../cli/system.ts';
import { operationNames, playOperation } from '../contract/play-operation.ts';
import { Scenes } from '../contract/scenes.ts';
import { freePort } from '../testing/free-port.ts';
import { tokensOf } from '../testing/signed-in-users.ts';
import { withAssembly } from './support/assembly.ts';
import { report } from './support/counts.ts';

const USAGE = `The HTTP API against docs/openapi.json, route by route, on one running system: requests that the document allows must
be accepted, others refused, each in anybody's name, and every answer must be one that the document describes. A
failure is shrunk and told as a curl command.

  npm run campaigns -- contract
  --requests N      to each route (default 60)
  --operation NAME  only this one, such as checkOut
  --seed N          which (default: a random one, printed)
`;

const { values: flags } = parseArgs({
  options: {
    requests: { type: 'string', default: '60' },
    operation: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    help: { type: 'boolean', default: false },
  },
});

if (flags.help) console.log(USAGE);
else await withAssembly(play);

async function play(assemblyFolder: string): Promise<void> {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'contract-'));
  const ports = { endpoint: 0, httpApi: await freePort(), paymentSandbox: 0, page: 0 };
  const system = await startSystem({ assemblyFolder, dataFolder, ports });
  try {
    const scenes = await Scenes.of(system);
    const tokens = {
      customer: (await tokensOf(system, 'alice')).accessToken,
      admin: (await tokensOf(system, 'admin')).accessToken,
    };
    const apiUrl = system.deployment.output('HttpApiUrl');
    const counts = { passed: 0, failed: 0 };
    for (const name of operationNames().filter((each) => flags.operation === undefined || each === flags.operation)) {
      const options = { apiUrl, scenes, tokens, seed: Number(flags.seed), runs: Number(flags.requests) };
      const { accepted, refused, failure } = await playOperation(name, options);
      counts.passed += accepted + refused;
      if (failure === undefined) console.log(`${name.padEnd(24)} ${accepted} accepted, ${refused} refused`);
      else {
        counts.failed += 1;
        console.log(colors.red(failure));
      }
    }
    console.log(`again: npm run campaigns -- contract --requests ${flags.requests} --seed ${flags.seed}`);
    report(counts);
  } finally {
    await system.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}
