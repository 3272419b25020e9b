// npm start, npm run shop: synthesizes the template, runs it on this machine and tells what happens in it.
import type { Runtime } from '@order-workflow/runtime';
import { colors } from './colors.ts';
import { checkStart } from './preflight.ts';
import { Progress } from './progress.ts';
import { Activity } from './start/activity.ts';
import { expectedErrors } from './start/expected-errors.ts';
import { readStartFlags, USAGE, type StartFlags } from './start/flags.ts';
import { paymentProvider, type PaymentProvider } from './start/payment-provider.ts';
import { printPlaces } from './start/places.ts';
import { canCutPower, cutPower } from './start/power-cut.ts';
import { removeUnneeded } from './orders/versions-command.ts';
import { judge } from './orders/versions/census.ts';
import { takeCensus } from './orders/versions/take-census.ts';
import { planSamples, tellSamples } from './start/samples.ts';
import { requireKind, type ShopKind } from './start/shop-kind.ts';
import { functionLogs } from './logs/function-logs.ts';
import { ASSEMBLY_FOLDER, PROJECT_FOLDER, synthesize, WEB_FOLDER } from './synthesize.ts';
import { startSystem, type System, type SystemOptions } from './system.ts';
import { runCommand } from './user-error.ts';
import { WATCH_LINES } from './watch/watch-lines.ts';
import type { Gateway } from './gateway/gateway.ts';

const LEFT_ALONE = colors.dim(
  '\nThe shop is as you left it; --samples tells the sample orders with products of their own.',
);

/** Nothing is told before: the stories of the samples tell themselves. */
let activity: Activity | undefined;

await runCommand(async () => {
  const flags = readStartFlags();
  if (flags === undefined) {
    console.log(USAGE);
    return;
  }
  const provider = flags.shop ? paymentProvider(flags.paymentSecret, process.env) : undefined;
  await checkStart(flags.data, flags.ports);
  requireKind(flags.data, kindOf(flags, provider), { isFresh: flags.fresh });
  const assemblyFolder = flags.assembly ?? (await synthesized());
  const samples = planSamples(flags);
  const { data: dataFolder, fresh, ports, conflictWindowMs: transactionWindowMs } = flags;
  const users = flags.shop ? { users: [] } : {};
  const system = await start({ assemblyFolder, dataFolder, fresh, ports, transactionWindowMs, provider, ...users });
  const stopRequested = stopSignal();
  try {
    printPlaces(system, { ...flags, provider });
    await tellSamples(samples, system, flags.data);
    if (flags.exit) return;
    if (samples.cast === undefined && !samples.seedsShop && !flags.shop) console.log(LEFT_ALONE);
    await stayUp(system, flags, stopRequested);
  } finally {
    activity = undefined;
    await system.stop();
    console.log('stopped');
  }
});

function kindOf({ shop }: StartFlags, provider: PaymentProvider | undefined): ShopKind {
  if (!shop) return 'demo';
  return provider === undefined ? 'shop-with-sandbox' : 'shop-with-provider';
}

/** @returns the folder of the assembly. */
async function synthesized(): Promise<string> {
  const progress = new Progress();
  progress.stage('synthesizing the template');
  await synthesize().catch((error: unknown) => {
    progress.clear();
    throw error;
  });
  progress.done('template synthesized');
  return ASSEMBLY_FOLDER;
}

async function start(options: SystemOptions): Promise<System> {
  const progress = new Progress();
  let sandboxPid = (): number => 0;
  const system = await startSystem({
    ...options,
    pageActions: canCutPower
      ? { kill: () => cutPower(sandboxPid()), reset: () => cutPower(sandboxPid(), { fresh: true }) }
      : {},
    onProgress: (stage) => progress.stage(stage),
    onServiceEvent: (event) => activity?.noteEvent(event),
    onLogLine: (line) => activity?.noteLogLine(line),
    onFault: printFault,
  }).catch((error: unknown) => {
    progress.clear();
    throw error;
  });
  sandboxPid = () => system.sandbox.pid;
  progress.done('ready');
  return system;
}

/** Tells what happens until somebody stops it. */
async function stayUp(
  { deployment, runtime, gateway }: System,
  flags: StartFlags,
  stopRequested: Promise<void>,
): Promise<void> {
  const entries = new Map((await functionLogs(deployment)).map(({ logGroup, entry }) => [logGroup, entry]));
  activity = new Activity({
    print: (line) => console.log(line),
    functionOf: (logGroup) => entries.get(logGroup),
    expectedErrors: await expectedErrors(deployment),
  });
  // Every start after an edit publishes versions: those that no order needs would fill the disk.
  await removeUnneeded(deployment, judge(await takeCensus(deployment, new Date()), 1)).catch(printFault);
  const watching = flags.watch ? await watchSources(runtime, gateway) : undefined;
  console.log(`\n${colors.dim('Staying up. ctrl-C stops; what is under way goes on at the next start.')}`);
  await stopRequested;
  await watching?.stop();
}

async function watchSources(runtime: Runtime, gateway: Gateway): Promise<{ stop(): Promise<void> }> {
  // These bring the bundler.
  const { ProjectWatch } = await import('./watch/watch-project.ts');
  const { LivePage } = await import('./watch/live-page.ts');
  const watching = new ProjectWatch({ root: PROJECT_FOLDER, runtime, assemblyFolder: ASSEMBLY_FOLDER, ...WATCH_LINES });
  const page = new LivePage({
    root: PROJECT_FOLDER,
    outputFolder: WEB_FOLDER,
    onFaults: WATCH_LINES.onFaults,
    onBuilt: (tookMs) => {
      WATCH_LINES.onUpdated(['page'], tookMs);
      gateway.pokes.poke('page');
    },
  });
  await Promise.all([watching.ready(), page.ready()]);
  console.log(`\n${colors.dim('Watching functions/, events/, workflows/, infra/ and web/.')}`);
  return {
    stop: async () => {
      await Promise.all([watching.stop(), page.stop()]);
    },
  };
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

/** The runtime goes on: one line says what failed. */
function printFault(error: unknown): void {
  console.error(
    `${colors.red('✘ runtime')}  ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
  );
}
