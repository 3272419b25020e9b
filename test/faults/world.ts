import { type BasketCheckedOut, BasketCheckedOut as Checkout } from '../../events/basket-checked-out.ts';
import { outboxPut } from '../../functions/platform/outbox.ts';
import { eventBridgeApi, EventBridgeService } from '@order-workflow/runtime/services/eventbridge';
import {
  AsyncInvocations,
  EventSourceMappings,
  FunctionMetrics,
  type FunctionSettings,
} from '@order-workflow/runtime/services/lambda';
import { ArnTargetSender, Journal, type InvocationResult } from '@order-workflow/runtime/services/shared';
import { SqsService } from '@order-workflow/runtime/services/sqs';
import { stepFunctionsApi, StepFunctionsService } from '@order-workflow/runtime/services/stepfunctions';
import { TEST_TABLES } from '../testing/dynamodb.ts';
import { anHttpEvent } from '../testing/http-events.ts';
import type { AwsCalls } from './aws-calls.ts';
import { OutboxStream, UnreliableQueues } from './deliveries.ts';
import type { Injector, WebhookMode } from './faults.ts';
import { FunctionHost, outsideFunctions } from './function-host.ts';
import { LostEvents } from './lost-events.ts';
import { ScheduledJobs } from './scheduled-jobs.ts';
import { PaymentProvider } from './payment-provider.ts';
import { secrets } from './secrets.ts';
import { sharedVariables, type ShopFunction } from './shop-functions.ts';
import { deployTopology } from './topology/deploy-topology.ts';
import { STACK } from './topology/identities.ts';
import { consumerOf, type Topology } from './topology/read-topology.ts';
import type { TestTables } from './test-tables.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface WorldParts {
  readonly topology: Topology;
  readonly functions: ReadonlyMap<string, ShopFunction>;
  readonly time: VirtualTime;
  readonly tables: TestTables;
  readonly calls: AwsCalls;
  readonly injector: Injector;
  /** That the payment provider takes of each of its operations; any number when absent. */
  readonly callsPerSecond?: number | undefined;
}

/** Timers further away than this belong to nobody who is at work: retentions, parked waits, limits of executions. */
const HORIZON_MS = 24 * 60 * 60_000;
const MINUTE_MS = 60_000;
/** Two days of virtual time: what is not at rest by then never will be. */
const MAX_RUN_MS = 2 * 24 * 60 * 60_000;
const MAX_JUMPS = 20_000;
/** A stranger to every run: their time to act comes whenever nobody else has anything to do. */
export type Actor = (world: World) => void;

/** One shop: the runtime's own services over a store in memory, the handlers, the provider. */
export class World {
  readonly topology: Topology;
  readonly time: VirtualTime;
  readonly tables: TestTables;
  readonly injector: Injector;
  readonly host: FunctionHost;
  readonly provider: PaymentProvider;
  readonly journal = new Journal(':memory:');
  readonly sqs: SqsService;
  readonly queues: UnreliableQueues;
  readonly events: EventBridgeService;
  readonly stepFunctions: StepFunctionsService;
  readonly actors: Actor[] = [];
  /** Functions that answered a request over HTTP with an error of their own, or not at all. */
  readonly brokenRequests: string[] = [];
  readonly acknowledged: { orderId: string; acknowledgedAt: string }[] = [];
  readonly startedAtMs: number;
  /** Deliveries of each webhook; with none, the provider's list of events is the only one to tell. */
  webhookCopies: (eventType: string) => number = () => 1;
  /** Whether the provider meets an endpoint that is broken for good. */
  refusesWebhooks = false;
  readonly lostEvents: LostEvents;
  readonly #mappings: EventSourceMappings;
  readonly #async: AsyncInvocations;
  readonly #stream: OutboxStream;
  readonly #jobs: ScheduledJobs;

  static async create(parts: WorldParts): Promise<World> {
    const world = new World(parts);
    await deployTopology(parts.topology, { ...world, mappings: world.#mappings });
    world.stepFunctions.start();
    world.#mappings.start();
    return world;
  }

  private constructor({ topology, functions, time, tables, calls, injector, callsPerSecond }: WorldParts) {
    const { jobs, streamArn } = topology;
    this.topology = topology;
    this.time = time;
    this.tables = tables;
    this.injector = injector;
    this.startedAtMs = time.nowMs();
    const { journal } = this;
    const common = { journal, clock: time, stack: STACK };
    const targets = new ArnTargetSender({ clock: time });
    this.host = new FunctionHost({ time, injector, functions, jobs: jobs.map(({ name }) => name) });
    this.sqs = new SqsService(common);
    this.queues = new UnreliableQueues(this.sqs, { injector, consumerOf: (arn) => consumerOf(topology, arn) });
    this.#stream = new OutboxStream({ time, injector, streamArn, consumer: consumerOf(topology, streamArn) });
    this.events = new EventBridgeService({ ...common, targets, deadLetters: this.sqs });
    const invoke = (name: string, payload: string): Promise<InvocationResult> => this.host.invoke(name, payload);
    const onProblem = (): void => undefined;
    this.#async = new AsyncInvocations({
      ...common,
      destinations: targets,
      invoke,
      settingsOf: (functionName) => ({
        function: { functionName } as FunctionSettings,
        async: this.host.functionOf(functionName).async,
      }),
      metrics: new FunctionMetrics(undefined, time),
      onProblem,
    });
    const invokeAsync = (name: string, payload: string): Promise<void> => this.#async.accept(name, payload);
    this.stepFunctions = new StepFunctionsService({
      ...common,
      functions: { invoke, invokeAsync },
      integrations: {
        supports: () => false,
        call: () => Promise.reject(new Error('The workflows call functions only')),
      },
      events: this.events,
      random: () => Math.random(),
    });
    this.#mappings = new EventSourceMappings({
      ...common,
      queues: this.queues,
      streams: this.#stream,
      destinations: targets,
      invoke,
      turn: () => Promise.resolve(),
      defaultConcurrency: 10,
      onProblem,
      onIteratorAge: () => undefined,
    });
    targets.connect({
      queues: this.sqs,
      functions: { invoke, invokeAsync },
      executions: this.stepFunctions,
      buses: this.events,
    });
    this.lostEvents = new LostEvents(tables);
    const { lostEvents } = this;
    this.#jobs = new ScheduledJobs({ jobs, time, tables, lostEvents, start: (job) => this.#async.accept(job, '{}') });
    const postWebhook = this.webhook.bind(this);
    this.provider = new PaymentProvider({ time, injector, postWebhook, callsPerSecond });
    tables.onOutboxInsert = (row) => this.#stream.add(row);
    calls.connect([
      stepFunctionsApi(this.stepFunctions),
      eventBridgeApi(this.events),
      secrets(sharedVariables(topology.functions.values())),
    ]);
  }

  /** @param shards that each product's units are spread over; all are in its own row unless told. */
  async stock(units: Readonly<Record<string, number>>, shards?: number): Promise<void> {
    for (const [sku, available] of Object.entries(units)) {
      for (const row of stockRows(sku, available, shards)) await this.tables.put(TEST_TABLES.STOCK_TABLE, row);
    }
  }

  /** What the shop's checkout leaves behind: the outbox row of its event. Acknowledged from then on. */
  async checkOut(order: BasketCheckedOut): Promise<void> {
    const at = new Date(this.time.nowMs()).toISOString();
    const { Put } = outboxPut(TEST_TABLES.OUTBOX_TABLE, Checkout, order, at);
    await this.tables.put(TEST_TABLES.OUTBOX_TABLE, Put!.Item!);
    this.acknowledged.push({ orderId: order.orderId, acknowledgedAt: at });
  }

  /** Puts the checkout's event into the queue once more. */
  async redeliver(order: BasketCheckedOut): Promise<void> {
    const { source, detailType } = Checkout;
    const body = JSON.stringify({ source, 'detail-type': detailType, detail: order, id: 'copy', time: 'whenever' });
    await this.sqs.send(this.topology.checkoutQueueArn, body);
  }

  /** The provider sends an event. @returns the status code that it is answered with. */
  async webhook(body: string, headers: Readonly<Record<string, string>>): Promise<number> {
    const { id, type } = JSON.parse(body) as { id: string; type: string };
    if (this.refusesWebhooks) return this.lostEvents.refuse(id, type);
    const mode = this.injector.pass('webhook', `webhook.${type}`) as WebhookMode | undefined;
    const deliver = (text = body): Promise<number> => this.#deliverWebhook(text, headers);
    switch (mode) {
      case 'webhookDrop':
        return this.lostEvents.lose(id, type);
      case 'webhookDelay':
        return this.provider.sendLater(id, 4 * MINUTE_MS);
      case 'webhookReorder':
        return this.provider.sendLater(id, 5_000);
      case 'forged':
        await deliver(body.replace('succeeded', 'canceled'));
        return deliver();
      default: {
        const copies = mode === 'webhookDuplicate' ? 2 : this.webhookCopies(type);
        if (copies === 0) return this.lostEvents.lose(id, type);
        const [first] = await Promise.all(Array.from({ length: copies }, () => deliver()));
        return first!;
      }
    }
  }

  /**
   * A request to the order service by a customer, or by `operator`, an admin.
   * @returns the status code; 500 when the function did not answer.
   */
  async request(
    routeKey: string,
    orderId: string,
    sub: string,
    { body, headers = {} }: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<number> {
    const groups = sub === 'operator' ? ['admin'] : [];
    const event = anHttpEvent(routeKey, { caller: { sub, groups }, params: { orderId }, body, headers });
    const { statusCode } = await this.#ask(routeKey.endsWith('/payment') ? 'pay-order' : 'serve-orders', event);
    return statusCode;
  }

  /** Lets everything happen that will happen without a person. @returns false when it never comes to rest. */
  async untilAtRest(): Promise<boolean> {
    const deadlineMs = this.time.nowMs() + MAX_RUN_MS;
    for (let jumps = 0; jumps < MAX_JUMPS && this.time.nowMs() < deadlineMs; jumps += 1) {
      await this.time.settled();
      for (const act of this.actors) act(this);
      await this.time.settled();
      const nextMs = this.time.nextDueAtMs;
      const isSomethingNear = nextMs !== undefined && nextMs - this.time.nowMs() <= HORIZON_MS;
      const tickMs = await this.#jobs.nextRoundMs(this.host.workRuns);
      if (!isSomethingNear && tickMs === Infinity) return true;
      if (tickMs <= (nextMs ?? Infinity)) await this.#jobs.run(tickMs);
      else this.time.fireNext();
    }
    return false;
  }

  async stop(): Promise<void> {
    this.tables.onOutboxInsert = () => undefined;
    this.#async.stop();
    let isStopped = false;
    const stopped = Promise.all([this.#mappings.stop(), this.stepFunctions.stop(), this.provider.stop()]);
    void stopped.then(() => (isStopped = true));
    await this.time.settled();
    // What waits for a timeout ends when its time has passed.
    for (let jumps = 0; !isStopped && jumps < MAX_JUMPS && this.time.nextDueAtMs !== undefined; jumps += 1) {
      this.time.fireNext();
      await this.time.settled();
    }
    await this.sqs.stop();
    this.journal.close();
  }

  async #deliverWebhook(body: string, headers: Readonly<Record<string, string>>): Promise<number> {
    const { statusCode } = await this.#ask('payment-webhook', { headers, body, isBase64Encoded: false });
    return statusCode;
  }

  /** What the HTTP API answers for a function. */
  async #ask(functionName: string, event: unknown): Promise<{ statusCode: number }> {
    try {
      const result = await outsideFunctions(() => this.host.invoke(functionName, JSON.stringify(event)));
      const answer = JSON.parse(result.payload) as { statusCode?: number } | null;
      const statusCode = (result.functionError ? undefined : answer?.statusCode) ?? 500;
      if (statusCode === 500) this.brokenRequests.push(functionName);
      return { statusCode };
    } catch {
      return { statusCode: 503 }; // Lambda refused the invocation: whoever asked tries again.
    }
  }
}

function stockRows(sku: string, units: number, shards?: number) {
  const own = { sku, available: units, onHold: 0, shipped: 0, received: units, version: 1 };
  if (shards === undefined) return [own];
  const inUse = Array.from({ length: shards }, (_, n) => {
    const share = Math.floor(units / shards) + (n < units % shards ? 1 : 0);
    return { ...own, sku: `${sku}#${n + 1}`, available: share, received: 0, moved: share };
  });
  return [{ ...own, available: 0, moved: -units, shards, shardRows: shards }, ...inUse];
}
