import { rmSync } from 'node:fs';
import path from 'node:path';
import { systemClock, type Clock } from '@order-workflow/states-language/clock';
import {
  openDataFolder,
  startRuntime,
  type Runtime,
  type RuntimeOptions,
  type DemoUser,
} from '@order-workflow/runtime';
import { WEBHOOK_PATH } from '../events/provider-events.ts';
import { mailsKeptDays } from './captured-mails.ts';
import { DEMO_USERS, SAMPLE_USERS } from './demo-users.ts';
import { Deployment } from './deployment.ts';
import { Gateway } from './gateway/gateway.ts';
import { servedPage, type PageActions } from './gateway/served-page.ts';
import { SOURCE_MAPS_FOLDER, WEB_FOLDER } from './synthesize.ts';
import type { PaymentProvider } from './start/payment-provider.ts';
import { startSandboxProcess, type SandboxProcess } from './sandbox-process.ts';

/** What the runtime can tell of as it happens. */
type Listeners = Pick<RuntimeOptions, 'onProgress' | 'onServiceEvent' | 'onLogLine' | 'onFault'>;

export interface SystemOptions extends Listeners {
  /** Synthesized cloud assembly, e.g. `cdk.out`. */
  readonly assemblyFolder: string;
  /** Durable state of everything; created when absent. */
  readonly dataFolder: string;
  readonly ports: SystemPorts;
  /** Forgets what the data folder holds. */
  readonly fresh?: boolean;
  readonly clock?: Clock;
  /** Who may sign in to the user pool; the demo users unless told. */
  readonly users?: readonly DemoUser[];
  /** Environment variables of every function, beside the runtime's own. */
  readonly functionVariables?: Readonly<Record<string, string>>;
  /** How long a write transaction is in flight (RuntimeOptions); 0 unless told: none conflicts. */
  readonly transactionWindowMs?: number;
  /** Tables can be restored to any moment but the latest so many milliseconds (RuntimeOptions); undefined: to none. */
  readonly restorableAfterMs?: number;
  /** What the page can do to this system. */
  readonly pageActions?: PageActions;
  /** Who takes the money; the payment sandbox unless told, which stands idle otherwise. */
  readonly provider?: PaymentProvider | undefined;
}

export interface SystemPorts {
  /** AWS endpoint. */
  readonly endpoint: number;
  readonly httpApi: number;
  readonly paymentSandbox: number;
  /** Of the page, and what it calls behind itself. */
  readonly page: number;
}

/** The whole shop on this machine: the embedded runtime with the deployed template, and the payment sandbox. */
export interface System {
  readonly runtime: Runtime;
  readonly sandbox: SandboxProcess;
  readonly deployment: Deployment;
  /** The address of the page. */
  readonly gateway: Gateway;
  stop(): Promise<void>;
}

/** Test credentials of the sandbox, in the place where the deployed shop keeps the provider's real ones. */
const SANDBOX_SECRET = JSON.stringify({ apiKey: 'sk_test_sandbox', webhookSecrets: ['whsec_sandbox'] });

/** Of a ULID. */
const ORDER_ID_LENGTH = 26;

/** @throws StartError, UserError with one line that says what to do. What had started by then is stopped again. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const dataFolder = path.resolve(options.dataFolder);
  const { ports } = options;
  if (options.fresh) forget(dataFolder);
  await using started = new AsyncDisposableStack();

  // First, because the template's values and the payment sandbox's carry its address.
  const gateway = new Gateway(WEB_FOLDER);
  await gateway.listen(ports.page);
  started.defer(() => gateway.close());

  options.onProgress?.('payment sandbox');
  const sandbox = await startSandboxProcess({
    port: ports.paymentSandbox,
    dataFolder: path.join(dataFolder, 'payments'),
    webhookUrl: `http://127.0.0.1:${ports.httpApi}${WEBHOOK_PATH}`,
    publicUrl: `${gateway.url}/pay`,
    secret: JSON.parse(SANDBOX_SECRET) as { apiKey: string; webhookSecrets: [string] },
    onFault: options.onFault,
  });
  started.defer(() => sandbox.stop());

  const runtime = await startRuntime({
    assemblyFolder: options.assemblyFolder,
    dataFolder,
    port: ports.endpoint,
    httpApiPort: ports.httpApi,
    visitorsLookAt: gateway.url,
    clock: options.clock ?? systemClock,
    parameters: {
      PaymentApiUrl: options.provider?.apiUrl ?? sandbox.url,
      PaymentReturnUrl: `${gateway.url}/returned.html`,
    },
    secrets: { PaymentSecret: secretOf(options.provider) },
    users: options.users ?? [...DEMO_USERS, ...SAMPLE_USERS],
    ...(options.functionVariables && { functionVariables: options.functionVariables }),
    transactionWindowMs: options.transactionWindowMs ?? 0,
    mailsKeptDays: mailsKeptDays(options.assemblyFolder),
    ...(options.restorableAfterMs !== undefined && { restorableAfterMs: options.restorableAfterMs }),
    sourceMapsFolder: SOURCE_MAPS_FOLDER,
    ...listenersOf(options),
    // A workflow of an order is named by the order's id, or begins with it.
    onExecutionChange: ({ name }) => gateway.pokes.poke(name.slice(0, ORDER_ID_LENGTH)),
  });
  started.defer(() => runtime.stop());

  const deployment = new Deployment(
    { stackName: runtime.stackName, endpointUrl: runtime.endpointUrl },
    new Map(Object.entries(runtime.outputs)),
  );
  started.defer(() => deployment.close());
  gateway.serve(servedPage({ runtime, sandbox, deployment, users: knownUsers(options) }, options.pageActions));
  const resources = started.move();
  return { runtime, sandbox, deployment, gateway, stop: () => resources.disposeAsync() };
}

/** Whom the page signs in by itself: nobody where people have passwords of their own. */
function knownUsers({ users }: SystemOptions): typeof DEMO_USERS | undefined {
  return users?.length === 0 ? undefined : DEMO_USERS;
}

function secretOf(provider: PaymentProvider | undefined): string {
  if (provider === undefined) return SANDBOX_SECRET;
  const { apiKey, webhookSecrets } = provider;
  return JSON.stringify({ apiKey, webhookSecrets });
}

/** Takes the folder's lock first: a running system keeps its data. @throws StartError naming who runs there. */
function forget(dataFolder: string): void {
  openDataFolder(dataFolder, { fresh: true }).release();
  rmSync(path.join(dataFolder, 'payments'), { recursive: true, force: true });
}

function listenersOf({ onProgress, onServiceEvent, onLogLine, onFault }: SystemOptions): Listeners {
  return {
    ...(onProgress && { onProgress }),
    ...(onServiceEvent && { onServiceEvent }),
    ...(onLogLine && { onLogLine }),
    ...(onFault && { onFault }),
  };
}
