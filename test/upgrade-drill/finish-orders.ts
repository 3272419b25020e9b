import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { placeAgain } from '../../cli/demo/place-order.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { openParkings } from '../../cli/orders/parked-orders.ts';
import * as z from 'zod';
import { checkInvariants } from '../invariants/check-invariants.ts';
import type { Acknowledgement } from '../invariants/snapshot.ts';
import { takeSnapshot } from '../invariants/take-snapshot.ts';
import type { CheckoutLoad } from '../torture/checkout-load.ts';
import { quiescence } from '../torture/quiescence.ts';
import type { HeldOrder } from './hold-orders.ts';
import type { DrillShop } from './shop.ts';

/** A machine that does other work too is slow, and orders that are stuck stand still: see `untilStill`. */
const STILL_MS = 25_000;
const MOST_ROUNDS = 10;
/**
 * What still goes on by itself, and within two minutes: a message is hidden for a minute and a half when its worker was
 * stopped with it, and the sweeper looks every minute for events that are a minute old.
 */
const GOES_ON = /messages in|unpublished events/u;
const ROUNDS_UNTIL_IT_GOES_ON = 5;
const Waiting = z.object({ intents: z.array(z.object({ id: z.string() })) });
const Shown = z.object({ totalMinor: z.number() });

/** Lets everything go on under what is deployed now, as customers and operators do. @returns what went wrong. */
export async function finishOrders(
  shop: DrillShop,
  held: readonly HeldOrder[],
  load: CheckoutLoad | undefined,
): Promise<string[]> {
  const problems: string[] = [];
  const trying = async (what: string, action: () => Promise<unknown>): Promise<void> => {
    await action().catch((error: unknown) => problems.push(`${what}: ${String((error as Error).message)}`));
  };
  await shop.take(true);
  for (const { placed } of held) await trying('the same checkout again', () => placeAgain(shop.customer, placed));
  for (const { held: at, ask } of held) if (ask) await trying(at, () => ask(shop));
  await trying('a customer confirms', () => confirmAll(shop));
  await trying('an operator decides', () => retryParked(shop));
  for (const [card, ends] of [
    ['visa', 'CONFIRMED'],
    ['chargeDeclined', 'CANCELLED PAYMENT_DECLINED'],
  ] as const) {
    await trying('a new order', async () => {
      const placed = await shop.buy(card);
      await shop.untilStatus(placed, ends);
    });
  }
  await trying('copies of events', () => tellAgain(shop));
  await load?.finish();
  const underWay = await untilStill(shop);
  return [...problems, ...underWay.map((what) => `does not come to rest: ${what}`)];
}

/** @returns what is still under way, of which nothing moves any more; empty when all has ended. */
async function untilStill(shop: DrillShop): Promise<readonly string[]> {
  let looks = 0;
  let stillRounds = 0;
  let underWay: readonly string[] = [];
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const before = underWay;
    underWay = await quiescence(shop.deployment, STILL_MS, () => {
      looks += 1;
      // What is tried again is tried at once; a parking whose event comes late is decided too.
      shop.skipWaits();
      if (looks % 8 === 0) void confirmAll(shop).catch(() => undefined);
    });
    stillRounds = underWay.join() === before.join() ? stillRounds + 1 : 0;
    const patience = underWay.some((what) => GOES_ON.test(what)) ? ROUNDS_UNTIL_IT_GOES_ON : 1;
    if (underWay.length === 0 || stillRounds >= patience) break;
  }
  return underWay;
}

/** What is wrong with the books, with an order, or with what people were told. */
export async function findProblems(
  shop: DrillShop,
  held: readonly HeldOrder[],
  acknowledged: readonly Acknowledgement[],
): Promise<string[]> {
  const options = { sandboxUrl: shop.system.sandbox.url, readsArchive: false, acknowledged };
  const snapshot = await takeSnapshot(shop.deployment, options);
  const { violations } = checkInvariants(snapshot, true);
  const broken = await Promise.all((['FAILED', 'TIMED_OUT', 'ABORTED'] as const).map((each) => shop.executions(each)));
  const wrong: string[] = [];
  // One after the other: two dozen traces at once are more than one machine answers in time.
  for (const order of held) wrong.push(...(await wrongEnding(shop, order)));
  return [
    ...violations.map(({ rule, because }) => `${rule}: ${because}`),
    ...snapshot.deadLetters.filter(isOfAnOrder).map((letter) => `dead letter: ${JSON.stringify(letter).slice(0, 200)}`),
    ...broken.flat().map(({ name }) => `execution ${name} broke`),
    ...wrong,
    ...(await parkedStill(shop)),
    ...repeatedMails(shop),
    ...(await wronglyListed(shop, held)),
  ];
}

/** Every event that was told comes a second time, as an at-least-once bus brings it. */
async function tellAgain({ deployment }: DrillShop): Promise<void> {
  const TableName = deployment.output('OutboxTableName');
  const EventBusName = deployment.output('EventBusName');
  for await (const { Items = [] } of paginateScan({ client: deployment.dynamoDb }, { TableName })) {
    const told = Items.filter(({ detailType }) => detailType === OrderConfirmed.detailType);
    for (const { source: Source, detailType: DetailType, detail: Detail } of told) {
      const Entries = [
        { EventBusName, Source: String(Source), DetailType: String(DetailType), Detail: String(Detail) },
      ];
      await deployment.events.send(new PutEventsCommand({ Entries }));
    }
  }
}

/** A run of a job that a busy machine did not get to in its minute is none: the next one does the same. */
function isOfAnOrder({ queue }: { readonly queue: string }): boolean {
  return !queue.startsWith('UndeliveredRuns');
}

async function confirmAll({ system }: DrillShop): Promise<void> {
  const url = `${system.sandbox.url}/_sandbox/intents`;
  const { intents } = Waiting.parse(await (await fetch(`${url}?status=requires_action`)).json());
  for (const { id } of intents) {
    await fetch(`${url}/${id}/authenticate`, { method: 'POST', body: JSON.stringify({ outcome: 'confirm' }) });
  }
}

async function retryParked({ admin, deployment }: DrillShop): Promise<void> {
  for (const { orderId, step } of await openParkings(deployment)) {
    const body = { step, decision: 'retry', evidence: 'The cause is mended' };
    await admin.call({ method: 'POST', path: `/parked-orders/${orderId}/decisions`, body }, z.unknown());
  }
}

async function wrongEnding(shop: DrillShop, { placed, held, ends }: HeldOrder): Promise<string[]> {
  const { orderId, totalMinor } = placed;
  const status = await shop.statusOf(orderId);
  const shown = await shop.customer.send({ method: 'GET', path: `/orders/${orderId}` });
  const total = Shown.safeParse(shown.body).data?.totalMinor;
  const trace = await shop.admin.send({ method: 'GET', path: `/admin/orders/${orderId}/trace` });
  return [
    ...(status === ends ? [] : [`held at “${held}”: ended as ${status}, expected ${ends}`]),
    ...(total === totalMinor ? [] : [`held at “${held}”: costs ${total}, it cost ${totalMinor}`]),
    ...(trace.status === 200 ? [] : [`held at “${held}”: its trace answers ${trace.status}`]),
  ];
}

async function parkedStill({ deployment }: DrillShop): Promise<string[]> {
  const parked = await openParkings(deployment);
  return parked.map(({ orderId, step }) => `order ${orderId} is still parked at ${step}`);
}

/** One mail for an event: the shop remembers what it wrote. */
function repeatedMails({ mailsFolder }: DrillShop): string[] {
  const events = readdirSync(mailsFolder)
    .filter((file) => file.endsWith('.eml'))
    .map((file) => /^X-Shop-Event-Id: (\S*)/mu.exec(readFileSync(path.join(mailsFolder, file), 'utf8'))?.[1] ?? file);
  return [...Map.groupBy(events, (event) => event)]
    .filter(([, mails]) => mails.length > 1)
    .map(([event, mails]) => `${mails.length} mails of ${event}`);
}

/** The warehouse must see what is confirmed, and the customer all of their orders. */
async function wronglyListed(shop: DrillShop, held: readonly HeldOrder[]): Promise<string[]> {
  const toShip = await allOf(shop.admin, '/admin/shipments?state=to-ship');
  const own = await allOf(shop.customer, '/orders');
  const unseen = held.filter(({ placed, ends }) => ends === 'CONFIRMED' && !toShip.includes(placed.orderId));
  const missing = held.filter(({ placed }) => !own.includes(placed.orderId));
  return [
    ...unseen.map(({ held: at }) => `held at “${at}”: the warehouse does not see it`),
    ...missing.map(({ held: at }) => `held at “${at}”: its customer does not see it`),
  ];
}

async function allOf(client: DrillShop['customer'], first: `/${string}`): Promise<string> {
  const texts: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const page: string = cursor === '' ? first : `${first}${first.includes('?') ? '&' : '?'}cursor=${cursor}`;
    const { status, body } = await client.send({ method: 'GET', path: page as `/${string}` });
    texts.push(JSON.stringify(body));
    cursor = status === 200 ? z.object({ nextCursor: z.string().optional() }).parse(body).nextCursor : undefined;
  }
  return texts.join('\n');
}
