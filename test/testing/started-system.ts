import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ASSEMBLY_FOLDER } from '../../cli/synthesize.ts';
import { startSystem, type System, type SystemOptions } from '../../cli/system.ts';
import { freePort } from './free-port.ts';

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
    ports: { endpoint: 0, httpApi: await freePort(), paymentSandbox: 0, page: 0 },
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
