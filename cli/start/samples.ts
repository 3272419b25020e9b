import { colors } from '../colors.ts';
import { GUESTS, NEW_SHOP, type Cast } from '../demo/cast.ts';
import { runSamples, seedSamples } from '../demo/run-samples.ts';
import { readSeedState, writeSeedState } from '../demo/samples-marker.ts';
import type { System } from '../system.ts';

export interface SampleFlags {
  readonly data: string;
  readonly fresh: boolean;
  /** Undefined: as the data folder suggests. */
  readonly samples: boolean | undefined;
  readonly exit: boolean;
}

/** What a start does about the samples. */
export interface SamplePlan {
  /** The shop is new: its catalogue is to be the samples'. */
  readonly seedsShop: boolean;
  /** Whose stories are told; undefined: none. */
  readonly cast: Cast | undefined;
}

/**
 * A new data folder gets the sample catalogue, once, and the samples' stories. A folder that holds a shop is left alone:
 * stories that are asked for, by `--samples` or `--exit`, have products and customers of their own.
 *
 * To be called before the system starts: from then on the folder is no longer new.
 */
export function planSamples({ data, fresh, samples, exit }: SampleFlags): SamplePlan {
  const state = fresh ? 'new' : readSeedState(data);
  if (state === 'done') return { seedsShop: false, cast: (samples ?? exit) ? GUESTS : undefined };
  const isWanted = samples ?? true;
  writeSeedState(data, isWanted ? 'begun' : 'done');
  return { seedsShop: isWanted, cast: isWanted ? NEW_SHOP : undefined };
}

/** Seeds what the plan says and tells its stories. The process's exit code is 1 when one ended otherwise. */
export async function tellSamples(plan: SamplePlan, system: System, dataFolder: string): Promise<void> {
  const { deployment, runtime, sandbox } = system;
  const { cast, seedsShop } = plan;
  if (cast === undefined) return;
  await seedSamples({ deployment, cast });
  if (seedsShop) writeSeedState(dataFolder, 'done');
  const results = await runSamples({
    deployment,
    cast,
    endpointUrl: runtime.endpointUrl,
    sandboxUrl: sandbox.url,
    print: (line) => console.log(line),
  });
  const good = results.filter((result) => result.endedAsTold).length;
  const mark = good === results.length ? colors.green('✔') : colors.red('✘');
  console.log(`\n${mark} ${good} of ${results.length} samples ended as told`);
  if (good < results.length) process.exitCode = 1;
}
