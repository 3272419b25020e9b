// npm start: synthesizes the template, runs it on this machine and tells the sample orders' stories.
import path from 'node:path';
import { colors } from './colors.ts';
import { DEMO_USERS } from './demo-users.ts';
import { checkStart } from './preflight.ts';
import { readFlags } from './read-flags.ts';
import { runSamples } from './demo/run-samples.ts';
import { Progress } from './progress.ts';
import { ASSEMBLY_FOLDER, PROJECT_FOLDER, synthesize } from './synthesize.ts';
import { startSystem, type System, type SystemOptions } from './system.ts';
import { runCommand, UserError } from './user-error.ts';

const USAGE = `Runs the shop on this machine from the template that is deployed to AWS.

  npm start -- [options]

  --port N       AWS endpoint; the HTTP API is on N+1, the payment sandbox on N+2 (default 4566)
  --data DIR     where everything durable is kept (default .data)
  --fresh        forgets what --data holds
  --assembly DIR runs this synthesized template as it is, instead of synthesizing the project's
  --no-samples   starts without the sample orders
  --exit         ends after the sample orders instead of staying up
  --help
`;

await runCommand(async () => {
  const flags = readFlags({
    allowNegative: true,
    options: {
      port: { type: 'string', default: '4566' },
      data: { type: 'string', default: path.join(PROJECT_FOLDER, '.data') },
      fresh: { type: 'boolean', default: false },
      assembly: { type: 'string' },
      samples: { type: 'boolean', default: true },
      exit: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (flags.help) {
    console.log(USAGE);
    return;
  }
  const port = portOf(flags.port);
  const ports = { endpoint: port, httpApi: port + 1, paymentSandbox: port + 2 };
  await checkStart(flags.data, ports);
  const assemblyFolder = flags.assembly ?? (await synthesized());
  const system = await start({ assemblyFolder, dataFolder: flags.data, fresh: flags.fresh, ports });
  const stopRequested = stopSignal();
  try {
    printWhereThingsAre(system, flags.data);
    if (flags.samples) await tellSamples(system);
    if (flags.exit) return;
    console.log(`\n${colors.dim('Staying up. ctrl-C stops; what is under way goes on at the next start.')}`);
    await stopRequested;
  } finally {
    await system.stop();
    console.log('stopped');
  }
});

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
  const system = await startSystem({ ...options, onProgress: (stage) => progress.stage(stage) }).catch(
    (error: unknown) => {
      progress.clear();
      throw error;
    },
  );
  progress.done('ready');
  return system;
}

function printWhereThingsAre({ runtime, sandbox, deployment }: System, dataFolder: string): void {
  const rows: readonly (readonly [string, string])[] = [
    ['AWS endpoint', `${runtime.endpointUrl}  (AWS_ENDPOINT_URL)`],
    ['HTTP API', deployment.output('HttpApiUrl')],
    ['payment sandbox', sandbox.url],
    ['event bus', deployment.output('EventBusName')],
    ['checkout queue', deployment.output('CheckoutQueueUrl')],
    ['state machine', deployment.output('StateMachineArn')],
    ['data', path.resolve(dataFolder)],
    ['mails', path.resolve(dataFolder, 'mails')],
    ['users', `${DEMO_USERS.map(({ username }) => username).join(', ')}  (npm run token -- alice)`],
  ];
  for (const [name, value] of rows) console.log(`  ${colors.dim(name.padEnd(16))} ${value}`);
}

async function tellSamples({ deployment, runtime, sandbox }: System): Promise<void> {
  const results = await runSamples({
    deployment,
    endpointUrl: runtime.endpointUrl,
    sandboxUrl: sandbox.url,
    print: (line) => console.log(line),
  });
  const good = results.filter((result) => result.endedAsTold).length;
  console.log(
    `\n${good === results.length ? colors.green('✔') : colors.red('✘')} ${good} of ${results.length} samples ended as told`,
  );
  if (good < results.length) process.exitCode = 1;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_533) {
    throw new UserError(`--port: expected a whole number from 1 to 65533, got "${text}".`);
  }
  return port;
}
