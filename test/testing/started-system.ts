import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ASSEMBLY_FOLDER } from '../../cli/synthesize.ts';
import { startSystem, type System, type SystemOptions } from '../../cli/system.ts';

export interface TestSystem extends System {
  readonly dataFolder: string;
}

/** The whole system on free ports and a data folder of its own; `stop` forgets it. */
export async function startTestSystem(
  options: Pick<SystemOptions, 'users' | 'clock' | 'onFault'> = {},
): Promise<TestSystem> {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'shop-'));
  const system = await startSystem({
    ...options,
    assemblyFolder: ASSEMBLY_FOLDER,
    dataFolder,
    ports: { endpoint: 0, httpApi: await freePort(), paymentSandbox: 0 },
  });
  return {
    ...system,
    dataFolder,
    stop: async () => {
      await system.stop();
      rmSync(dataFolder, { recursive: true });
    },
  };
}

/** A port that was free a moment ago: the sandbox must know where webhooks go before the runtime listens there. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}
