import type { DeployedStack } from '../assembly/deployed-stack.ts';
import { readAssembly, type StackAssembly } from '../assembly/cloud-assembly.ts';
import type { StackIdentity } from '../assembly/resource-type.ts';
import { LiveAssembly } from '../assembly/live-assembly.ts';
import type { StackPlan } from '../assembly/stack-plan.ts';
import { systemClock, type Clock } from '@order-workflow/states-language/clock';
import { type DataFolder, openDataFolder } from '../store/data-folder.ts';
import { HttpEndpoint } from '../endpoint/http-endpoint.ts';
import {
  createServices,
  startServices,
  stopServices,
  type Services,
  type ServiceSettings,
} from '../services/service-list.ts';
import { compactIfDue } from './compact-if-due.ts';
import { Deployment, type Reloaded } from './deployment.ts';
import { skipWaitsApi } from './skip-waits-api.ts';
import { asStartError, StartError, storeLossOf } from './start-error.ts';
import { requireSoundLog } from '../store/database-log.ts';
import { FileGuard } from '../store/file-guard.ts';
import { Journal } from '../store/journal.ts';
import { JournalLost } from '../store/journal-lost.ts';

export interface RuntimeOptions extends Partial<ServiceSettings> {
  /** Synthesized cloud assembly, e.g. `cdk.out`. */
  readonly assemblyFolder: string;
  /** Needed when the assembly holds several stacks. */
  readonly stackName?: string;
  readonly dataFolder: string;
  /** Forgets what the data folder holds. */
  readonly fresh?: boolean;
  /** Port of the AWS endpoint; 0 takes a free one. */
  readonly port: number;
  readonly clock?: Clock;
  /** Values of the template's parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** An address for people who open the endpoint in a browser. */
  readonly visitorsLookAt?: string;
  /** Told of each stage as it begins. */
  readonly onProgress?: (stage: string) => void;
  /** Told of faults that the runtime outlives. Default: one line to stderr. */
  readonly onFault?: (error: unknown) => void;
  /** Told that the runtime cannot go on (its disk or database is gone). Default: ends the process with code 1. */
  readonly onLost?: (error: unknown) => void;
}

/** A running stack. */
export interface Runtime {
  readonly stackName: string;
  /** What AWS_ENDPOINT_URL must be. */
  readonly endpointUrl: string;
  /** URL of the first HTTP API of the template. */
  readonly httpApiUrl?: string;
  readonly resources: Readonly<Record<string, RunningResource>>;
  /** The template's outputs. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly journal: Journal;
  readonly services: Services;
  /**
   * Takes up code and definitions of the assembly that differ from what runs. Invocations and executions that have begun
   * end on what they began with. Either everything is taken up or, when an error is thrown or something needs a restart,
   * nothing. One call at a time.
   * @throws StartError with one actionable line.
   */
  reload(assembly: StackAssembly): Promise<Reloaded>;
  /** Ends everything in order; what is under way goes on at the next start. */
  stop(): Promise<void>;
}

export interface RunningResource {
  readonly type: string;
  /** What `Ref` gives. */
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Runs a stack of a synthesized cloud assembly on this machine.
 * @throws StartError with one actionable line; what had started by then is stopped again.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const started = new AsyncDisposableStack();
  try {
    return await start(options, started);
  } catch (error) {
    await started.disposeAsync();
    throw asStartError(error);
  }
}

async function start(options: RuntimeOptions, started: AsyncDisposableStack): Promise<Runtime> {
  const { clock = systemClock, onProgress = () => undefined, onFault = printFault, onLost = endProcess } = options;
  onProgress('reading the template');
  const assembly = new LiveAssembly(readAssembly(options.assemblyFolder, options.stackName));
  const data = openDataFolder(options.dataFolder, { fresh: options.fresh ?? false });
  started.defer(() => data.release());
  for (const file of [data.journalFile, data.dynamoDbFile]) requireSoundLog(file);
  const endpoint = new HttpEndpoint(onFault);
  const endpointUrl = await endpoint.listen(options.port);
  started.defer(() => endpoint.stop());

  onProgress('opening the data folder');
  const journal = openJournal(data, onLost);
  started.defer(() => journal.close());
  // At the stop as well, when nobody works on the databases any more.
  started.defer(() => compactIfDue(journal, data, onFault));
  await compactIfDue(journal, data, onFault);
  const stack = { stackName: assembly.stackName, region: 'us-east-1', accountId: '000000000000', endpointUrl };
  const parameters = options.parameters ?? {};
  const startedAtMs = clock.nowMs();
  const services = await createServices({
    clock,
    stack,
    journal,
    data,
    assembly,
    deployed: () => ({
      ...deployedStack(runtime, startedAtMs, parameters),
      exports: texts(plan.exports),
      templateBody: JSON.stringify(assembly.template),
    }),
    onFault,
    onLost,
    secrets: options.secrets ?? {},
    users: options.users ?? [],
    mailsKeptDays: options.mailsKeptDays,
    httpApiPort: options.httpApiPort ?? 0,
    functionVariables: options.functionVariables ?? {},
    transactionWindowMs: options.transactionWindowMs ?? 0,
    restorableAfterMs: options.restorableAfterMs,
    sourceMapsFolder: options.sourceMapsFolder,
    onLogLine: options.onLogLine,
    onServiceEvent: options.onServiceEvent,
    onExecutionChange: options.onExecutionChange,
  });
  // Functions still call the endpoint while they are stopped; after it, nothing may reach the closed journal.
  started.defer(() => endpoint.stop());
  started.defer(() => stopServices(services));
  const guard = new FileGuard([data.journalFile, data.dynamoDbFile], onLost);
  started.defer(() => guard.close());

  onProgress('creating resources');
  const deployment = new Deployment({ services, assembly, stack, parameters });
  const plan = await deployment.deploy();
  const runtime = describe(plan, {
    stack,
    journal,
    services,
    reload: (next) => deployment.reload(next),
    stop: () => started.disposeAsync(),
  });
  endpoint.serve({
    apis: [...Object.values(services).map(({ apis }) => apis), { rest: [skipWaitsApi(services, clock)] }],
    visitorsLookAt: options.visitorsLookAt,
    about: {
      health: () => ({ status: 'ok' }),
      resources: () => ({ outputs: runtime.outputs, resources: runtime.resources }),
    },
  });
  onProgress('going on with what was under way');
  await startServices(services);
  return runtime;
}

function openJournal(data: DataFolder, onLost: (error: unknown) => void): Journal {
  try {
    return new Journal(data.journalFile, { onLost });
  } catch (cause) {
    const message = `The database ${data.journalFile} is damaged: restore it, or start with --fresh.`;
    throw new StartError('DATABASE_DAMAGED', message, { cause });
  }
}

function describe(
  plan: StackPlan,
  { stack, ...parts }: { stack: StackIdentity } & Pick<Runtime, 'journal' | 'services' | 'reload' | 'stop'>,
): Runtime {
  const httpApi = plan.resources.find(({ identity }) => identity.attributes['ApiEndpoint'] !== undefined);
  const httpApiUrl = httpApi?.identity.attributes['ApiEndpoint'];
  return {
    ...parts,
    stackName: stack.stackName,
    endpointUrl: stack.endpointUrl,
    ...(httpApiUrl !== undefined && { httpApiUrl }),
    outputs: texts(plan.outputs),
    resources: Object.fromEntries(
      plan.resources.map(({ declaration: { logicalId, type }, identity: { ref, attributes } }) => [
        logicalId,
        { type, physicalId: ref, attributes },
      ]),
    ),
  };
}

function texts(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

function deployedStack(
  { stackName, outputs, resources }: Runtime,
  startedAtMs: number,
  parameters: Readonly<Record<string, string>>,
): Omit<DeployedStack, 'exports' | 'templateBody'> {
  return {
    stackName,
    stackId: `arn:aws:cloudformation:us-east-1:000000000000:stack/${stackName}/embedded`,
    startedAtMs,
    outputs,
    parameters,
    resources: Object.entries(resources).map(([logicalId, { type, physicalId }]) => ({ logicalId, type, physicalId })),
  };
}

/** A store that cannot be read any more fails one request after the other: the first one ends the process. */
function printFault(error: unknown): void {
  const loss = storeLossOf(error);
  if (loss) endProcess(loss);
  else console.error(error);
}

function endProcess(error: unknown): void {
  const isForUser = error instanceof JournalLost || error instanceof StartError;
  console.error(isForUser ? `error: ${error.message}` : error);
  process.exit(1);
}
