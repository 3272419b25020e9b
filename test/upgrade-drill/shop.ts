import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  DeleteFunctionConcurrencyCommand,
  paginateListEventSourceMappings,
  paginateListFunctions,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { GetExecutionHistoryCommand, paginateListExecutions, type ExecutionStatus } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { placeOrder, type PlacedOrder } from '../../cli/demo/place-order.ts';
import type { Deployment } from '../../cli/deployment.ts';
import type { ShopClient } from '../../cli/shop-client.ts';
import type { System } from '../../cli/system.ts';
import { shopOf } from '../testing/signed-in-users.ts';

const CUP = { sku: 'DRILL-CUP', name: 'Cup', priceMinor: 850 };
/** Its stock lies in shards, where the revision knows them. */
const PLATE = { sku: 'DRILL-PLATE', name: 'Plate', priceMinor: 850 };
const SOLD_OUT = { sku: 'DRILL-LAMP', name: 'Lamp', priceMinor: 850 };
const MACHINES = ['StateMachineArn', 'CancellationStateMachineArn', 'ReturnStateMachineArn'] as const;
const LOOK_EVERY_MS = 150;
/** Longer than a step waits before it is tried again, shorter than a customer has. */
const WAITS_WITHIN_MS = 120_000;
const PATIENCE_MS = 180_000;

export interface Standing {
  readonly executionArn: string;
  readonly name: string;
  /** `order-saga / Confirm order`; one for each branch. */
  readonly at: string;
}

/** A running shop as its customers and operators use it, and what a drill does to it. */
export class DrillShop {
  readonly system: System;
  /** Of the mails that were sent. */
  readonly mailsFolder: string;
  readonly customer: ShopClient;
  readonly admin: ShopClient;

  static async of(system: System, dataFolder: string): Promise<DrillShop> {
    const mailsFolder = path.join(dataFolder, 'mails');
    return new DrillShop(system, mailsFolder, await shopOf(system, 'alice'), await shopOf(system, 'admin'));
  }

  private constructor(system: System, mailsFolder: string, customer: ShopClient, admin: ShopClient) {
    this.system = system;
    this.mailsFolder = mailsFolder;
    this.customer = customer;
    this.admin = admin;
  }

  get deployment(): Deployment {
    return this.system.deployment;
  }

  async putOnSale(): Promise<void> {
    for (const { sku, name, priceMinor } of [CUP, PLATE, SOLD_OUT]) {
      const product = { sku, name, description: name, category: 'drill', priceMinor, currency: 'EUR' };
      await this.admin.call({ method: 'POST', path: '/products', body: product }, z.unknown());
      const headers = { 'idempotency-key': randomUUID() };
      const stock = sku === SOLD_OUT.sku ? 0 : 1000;
      await this.admin.call({ method: 'PUT', path: `/inventory/${sku}`, headers, body: { stock } }, z.unknown());
    }
  }

  /** The plates' stock, over so many shards; one brings it back into one row. */
  spreadStock(shards: number): Promise<unknown> {
    const path = `/inventory/${PLATE.sku}/shards` as const;
    return this.admin.call({ method: 'PUT', path, body: { shards } }, z.unknown());
  }

  /** A cup and a plate, paid with a test card. */
  buy(card = 'visa'): Promise<PlacedOrder> {
    return this.#place([CUP, PLATE], card);
  }

  buyWhatIsSoldOut(): Promise<PlacedOrder> {
    return this.#place([CUP, SOLD_OUT], 'visa');
  }

  async statusOf(orderId: string): Promise<string> {
    const { status, body } = await this.customer.send({ method: 'GET', path: `/orders/${orderId}` });
    if (status === 404) return 'not written down';
    if (status !== 200) return `HTTP ${status}`;
    const order = z.object({ status: z.string(), reason: z.string().optional() }).parse(body);
    return order.reason === undefined ? order.status : `${order.status} ${order.reason}`;
  }

  async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const deadlineMs = Date.now() + PATIENCE_MS;
    while (!(await isSo())) {
      if (Date.now() > deadlineMs) throw new Error(`Waited in vain until ${what}.`);
      await delay(LOOK_EVERY_MS);
    }
  }

  untilStatus({ orderId }: PlacedOrder, status: string): Promise<void> {
    return this.until(`order ${orderId} is ${status}`, async () => (await this.statusOf(orderId)) === status);
  }

  cancel({ orderId }: PlacedOrder): Promise<unknown> {
    return this.customer.call({ method: 'POST', path: `/orders/${orderId}/cancel` }, z.unknown());
  }

  ship({ orderId }: PlacedOrder): Promise<unknown> {
    const body = { carrier: 'DHL', trackingNumber: 'JD014600003827' };
    return this.admin.call({ method: 'POST', path: `/orders/${orderId}/shipments`, body }, z.unknown());
  }

  takeBack({ orderId }: PlacedOrder): Promise<unknown> {
    const headers = { 'idempotency-key': `return-${orderId}` };
    const body = { lines: [{ sku: PLATE.sku, quantity: 1, disposition: 'RESTOCK' }], reason: 'One too many' };
    return this.admin.call({ method: 'POST', path: `/admin/orders/${orderId}/returns`, headers, body }, z.unknown());
  }

  /** Every invocation is refused until `allow`, so that whatever comes to it is tried again and again. */
  async refuse(...entries: string[]): Promise<void> {
    for (const FunctionName of await this.#functionNames(entries)) {
      await this.deployment.lambda.send(
        new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }),
      );
    }
  }

  async allow(...entries: string[]): Promise<void> {
    for (const FunctionName of await this.#functionNames(entries)) {
      await this.deployment.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    }
  }

  /** Whether what comes by queue or stream is taken, by the files of the functions that take it; all unless told. */
  async take(enabled: boolean, ...entries: string[]): Promise<void> {
    const names = entries.length === 0 ? undefined : await this.#functionNames(entries);
    const client = this.deployment.lambda;
    let found = 0;
    for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client }, {})) {
      for (const { UUID = '', FunctionArn = '' } of EventSourceMappings) {
        if (names && !names.some((name) => FunctionArn.includes(`:${name}`))) continue;
        await client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: enabled }));
        found += 1;
      }
    }
    if (found < entries.length) throw new Error(`Not each of ${entries.join(', ')} takes from a queue or a stream.`);
  }

  /** Waits of the workflows end at once; the jobs keep their minutes. */
  skipWaits(): void {
    this.system.runtime.services.stepFunctions.skipWaits(Date.now() + WAITS_WITHIN_MS);
  }

  /** An operator has seen to it in person. */
  settle(order: PlacedOrder, step: string): Promise<unknown> {
    return this.#decide(order, { step, decision: 'resolved', evidence: 'settled by hand, reference 42' });
  }

  /** An operator has the step done again. */
  retry(order: PlacedOrder, step: string): Promise<unknown> {
    return this.#decide(order, { step, decision: 'retry' });
  }

  #decide({ orderId }: PlacedOrder, body: object): Promise<unknown> {
    return this.admin.call({ method: 'POST', path: `/parked-orders/${orderId}/decisions`, body }, z.unknown());
  }

  sandbox(request: string, body: object): Promise<unknown> {
    return fetch(`${this.system.sandbox.url}/_sandbox/${request}`, { method: 'POST', body: JSON.stringify(body) });
  }

  /** Where running executions stand; those of one order only, when it is given. */
  async standings(orderId = ''): Promise<Standing[]> {
    const client = this.deployment.stepFunctions;
    const running = (await this.executions('RUNNING')).filter(({ name }) => name.startsWith(orderId));
    const found = running.map(async ({ executionArn, name }) => {
      const history = { executionArn, maxResults: 1000, includeExecutionData: false };
      const { events = [] } = await client.send(new GetExecutionHistoryCommand(history));
      const open = new Map<string, number>();
      for (const { stateEnteredEventDetails: entered, stateExitedEventDetails: left } of events) {
        if (entered?.name !== undefined) open.set(entered.name, (open.get(entered.name) ?? 0) + 1);
        if (left?.name !== undefined) open.set(left.name, (open.get(left.name) ?? 0) - 1);
      }
      const machine =
        executionArn
          .split(':')
          .at(-2)
          ?.replace(/^.*-(?=order-)/u, '') ?? '';
      // Of a Parallel state and what it stands at, the latter says where the execution is.
      const states = [...open].filter(([state, count]) => count > 0 && state !== 'Compensate');
      return states.map(([state]) => ({ executionArn, name, at: `${machine} / ${state}` }));
    });
    return (await Promise.all(found)).flat();
  }

  async executions(statusFilter: ExecutionStatus): Promise<{ executionArn: string; name: string }[]> {
    const client = this.deployment.stepFunctions;
    const found: { executionArn: string; name: string }[] = [];
    for (const machine of MACHINES) {
      const request = { stateMachineArn: this.deployment.output(machine), statusFilter, maxResults: 1000 };
      for await (const { executions = [] } of paginateListExecutions({ client }, request)) {
        for (const { executionArn = '', name = '' } of executions) found.push({ executionArn, name });
      }
    }
    return found;
  }

  #place(products: readonly { readonly sku: string }[], card: string): Promise<PlacedOrder> {
    const lines = products.map(({ sku }) => [sku, 1] as const);
    return placeOrder(this.customer, { customerId: 'alice', lines, paymentMethodId: `pm_card_${card}` });
  }

  async #functionNames(entries: readonly string[]): Promise<string[]> {
    const names: string[] = [];
    for await (const { Functions = [] } of paginateListFunctions({ client: this.deployment.lambda }, {})) {
      const wanted = Functions.filter(({ Handler = '' }) => entries.includes(Handler.replace('.handler', '')));
      names.push(...wanted.map(({ FunctionName = '' }) => FunctionName));
    }
    return names;
  }
}
