import { setTimeout as delay } from 'node:timers/promises';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ListExecutionsCommand, paginateListExecutions } from '@aws-sdk/client-sfn';
import { ulid } from 'ulid';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { canonicalJson } from '../../events/canonical-json.ts';
import { eventIdOf } from '../../events/define-event.ts';
import type { OrderId, Sku } from '../../events/vocabulary.ts';
import type { Deployment } from '../../cli/deployment.ts';

const EVENTS_A_CALL = 10;

/** Seldom: the execution itself says when it stopped, and each look would take a core from the order that it waits for. */
const LOOK_EVERY_MS = 50;

/** A checkout of one unit by a customer whose card is accepted. */
export function checkoutOf(sku: string): BasketCheckedOut {
  const orderId = ulid() as OrderId;
  return {
    eventId: eventIdOf(BasketCheckedOut, orderId),
    schemaVersion: 1,
    orderId,
    basketId: `basket-${orderId}`,
    customerId: 'bench',
    correlationId: `bench-${orderId}`,
    placedAt: new Date().toISOString(),
    currency: 'EUR',
    lines: [{ sku: sku as Sku, quantity: 1, unitPriceMinor: 1000 }],
    totalMinor: 1000,
    paymentMethodId: 'pm_card_visa',
  };
}

export async function publish(deployment: Deployment, checkouts: readonly BasketCheckedOut[]): Promise<void> {
  const calls: BasketCheckedOut[][] = [];
  for (let at = 0; at < checkouts.length; at += EVENTS_A_CALL) calls.push(checkouts.slice(at, at + EVENTS_A_CALL));
  const busName = deployment.output('EventBusName');
  await Promise.all(
    calls.map(async (call) => {
      const { FailedEntryCount } = await deployment.events.send(
        new PutEventsCommand({
          Entries: call.map((checkout) => ({
            EventBusName: busName,
            Source: BasketCheckedOut.source,
            DetailType: BasketCheckedOut.detailType,
            Detail: canonicalJson(checkout),
          })),
        }),
      );
      if (FailedEntryCount) throw new Error(`${FailedEntryCount} events were refused`);
    }),
  );
}

/** Waits for the order's execution; returns when it stopped, in epoch milliseconds. */
async function confirmedAtMs(deployment: Deployment, orderId: string): Promise<number> {
  for (;;) {
    const execution = await deployment.execution(orderId);
    if (execution?.stopDate) {
      if (execution.status !== 'SUCCEEDED') throw new Error(`${orderId} ended as ${execution.status}`);
      return execution.stopDate.getTime();
    }
    await delay(LOOK_EVERY_MS);
  }
}

/** Waits until no execution runs and `count` have succeeded; returns their stop times in epoch milliseconds. */
export async function allConfirmedAtMs(
  deployment: Deployment,
  orderIds: ReadonlySet<string>,
): Promise<Map<string, number>> {
  const stateMachineArn = deployment.output('StateMachineArn');
  for (;;) {
    const running = await deployment.stepFunctions.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults: 1 }),
    );
    if (running.executions?.length === 0) {
      const stopped = new Map<string, number>();
      const pages = paginateListExecutions(
        { client: deployment.stepFunctions },
        { stateMachineArn, statusFilter: 'SUCCEEDED', maxResults: 1000 },
      );
      for await (const page of pages) {
        for (const { name = '', stopDate } of page.executions ?? []) {
          if (orderIds.has(name) && stopDate) stopped.set(name, stopDate.getTime());
        }
      }
      if (stopped.size === orderIds.size) return stopped;
    }
    await delay(200);
  }
}

/** Each order alone, the next one when the last is confirmed. @returns from published to CONFIRMED, of each. */
export async function latenciesAloneMs(deployment: Deployment, orders: number): Promise<number[]> {
  const latenciesMs: number[] = [];
  for (let index = 0; index < orders; index += 1) {
    const checkout = checkoutOf('BENCH');
    const publishedAtMs = Date.now();
    await publish(deployment, [checkout]);
    latenciesMs.push((await confirmedAtMs(deployment, checkout.orderId)) - publishedAtMs);
  }
  return latenciesMs;
}
