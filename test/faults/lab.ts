import { ASSEMBLY_FOLDER } from '../../cli/synthesize.ts';
import { ProviderHttpClient } from '../../functions/payments/provider/provider-http-client.ts';
import { CONFLICT_WINDOW_MS } from '../testing/conflict-window.ts';
import { AwsCalls } from './aws-calls.ts';
import { Injector, type Fault } from './faults.ts';
import { someOrder } from './played-order.ts';
import { SCENARIOS } from './scenarios.ts';
import { loadFunctions, sharedVariables, type ShopFunction } from './shop-functions.ts';
import { PROVIDER_URL } from './payment-provider.ts';
import { readTopology, type Topology } from './topology/read-topology.ts';
import { TestTables } from './test-tables.ts';
import { realPause, VirtualTime } from './virtual-time.ts';
import { World, type WorldParts } from './world.ts';

/** What a client of the AWS SDK begins with. */
const FULL_RETRY_QUOTA = 500;

/** The SDK's own, as far as it is used here. */
interface RetryStrategy {
  capacity: number;
  acquireInitialRetryToken: (this: RetryStrategy, scope: string) => Promise<unknown>;
}

/**
 * A process in which the shop runs as often as wanted: one virtual time, one store, the handlers loaded once, their
 * transports in our hands. Each run gets a world of its own.
 */
export class Lab {
  readonly time: VirtualTime;
  readonly topology: Topology;
  readonly #tables: TestTables;
  readonly #calls: AwsCalls;
  readonly #undo: (() => void)[] = [];
  readonly #retryStrategies = new Set<RetryStrategy>();
  #functions: ReadonlyMap<string, ShopFunction> = new Map();
  #world: World | undefined;

  /**
   * @param assemblyFolder of the synthesized stack that is played.
   * @param conflictWindowMs how long a transaction holds its rows; 0: none conflicts.
   */
  static async open(assemblyFolder = ASSEMBLY_FOLDER, conflictWindowMs = CONFLICT_WINDOW_MS): Promise<Lab> {
    const time = new VirtualTime();
    const topology = readTopology(assemblyFolder, { PaymentApiUrl: PROVIDER_URL });
    const lab = new Lab(time, topology, { tables: await TestTables.start(time), conflictWindowMs });
    await lab.#prepare();
    await lab.#warmUp();
    return lab;
  }

  private constructor(
    time: VirtualTime,
    topology: Topology,
    { tables, conflictWindowMs }: { readonly tables: TestTables; readonly conflictWindowMs: number },
  ) {
    this.time = time;
    this.topology = topology;
    this.#tables = tables;
    this.#calls = new AwsCalls({ time, tables, injector: new Injector(), conflictWindowMs });
  }

  /** A shop in which nothing has happened. Ends the one before. @param seed of every random number in it. */
  async newWorld(
    faults: readonly Fault[] | Injector = [],
    seed = 1,
    limits: Pick<WorldParts, 'callsPerSecond'> = {},
  ): Promise<World> {
    await this.#world?.stop();
    this.time.reset(seed);
    for (const strategy of this.#retryStrategies) strategy.capacity = FULL_RETRY_QUOTA;
    const injector = faults instanceof Injector ? faults : new Injector(faults);
    this.#calls.injector = injector;
    await this.#tables.clear();
    const parts = { topology: this.topology, functions: this.#functions, tables: this.#tables, calls: this.#calls };
    this.#world = await World.create({ ...parts, ...limits, time: this.time, injector });
    return this.#world;
  }

  /** Lets the store take its time over each answer. @param slowness in milliseconds of the machine's own time. */
  slowDownStore(slowness: () => number): void {
    this.#tables.slowness = slowness;
  }

  async close(): Promise<void> {
    await this.#world?.stop();
    for (const undo of this.#undo.toReversed()) undo();
    await this.#tables.stop();
  }

  /** Ends the store, and leaves a world as it is that may never come to an end. The process must end after it. */
  abandon(): Promise<void> {
    return this.#tables.stop();
  }

  async #prepare(): Promise<void> {
    const functions = [...this.topology.functions.values()];
    Object.assign(process.env, this.#tables.environment, sharedVariables(functions), {
      AWS_ENDPOINT_URL: 'http://aws.test',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://aws.test',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      POWERTOOLS_METRICS_DISABLED: 'true',
    });
    await this.#replaceTransport();
    await this.#findRetryStrategies();
    this.#replaceProvider();
    this.#functions = await loadFunctions(functions);
    // Loaded with their first use; no virtual time can hurry that.
    await Promise.all([import('stripe'), import('@aws-lambda-powertools/parameters/secrets')]);
    await realPause(10);
    this.#undo.push(this.time.install());
  }

  /** What a client does at its first use only must not tell the first run from the others. */
  async #warmUp(): Promise<void> {
    const scenario = SCENARIOS[0]!;
    const world = await this.newWorld();
    await world.stock(scenario.stock);
    await world.checkOut(someOrder(scenario));
    await world.untilAtRest();
  }

  /** All clients of the AWS SDK share one class of transport: its one method is the network. */
  async #replaceTransport(): Promise<void> {
    const { dynamoDb } = await import('../../functions/platform/document-client.ts');
    const transport = Object.getPrototypeOf(dynamoDb.config.requestHandler) as Record<'handle', unknown>;
    const original = transport.handle;
    transport.handle = (request: Parameters<AwsCalls['handle']>[0]) => this.#calls.handle(request);
    this.#undo.push(() => void (transport.handle = original));
  }

  /** Each client pays its retries from a quota: one that a run has emptied would end the next run's retries. */
  async #findRetryStrategies(): Promise<void> {
    const { dynamoDb } = await import('../../functions/platform/document-client.ts');
    const found = this.#retryStrategies;
    const common = Object.getPrototypeOf(await dynamoDb.config.retryStrategy()) as RetryStrategy;
    const original = common.acquireInitialRetryToken;
    common.acquireInitialRetryToken = function (scope) {
      found.add(this);
      return original.call(this, scope);
    };
    this.#undo.push(() => void (common.acquireInitialRetryToken = original));
  }

  #replaceProvider(): void {
    const client = ProviderHttpClient.prototype as Record<'exchange', unknown>;
    const original = client.exchange;
    client.exchange = (...[request, signal]: Parameters<ProviderHttpClient['exchange']>) => {
      if (this.#world === undefined) throw new Error('Nobody asks the provider between two worlds');
      return this.#world.provider.exchange(request, signal);
    };
    this.#undo.push(() => void (client.exchange = original));
  }
}
