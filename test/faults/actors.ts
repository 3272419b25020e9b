import type { BehaviourRequest } from '@order-workflow/payment-sandbox';
import { BY_DASHBOARD } from '@order-workflow/payment-sandbox/in-process';
import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import type { Disposition } from '../../events/vocabulary.ts';
import type { World } from './world.ts';

/** Somebody beside the shop: looks at the world whenever something has happened, and acts when it is time to. */
export type Actor = (world: World) => void;

type ActOnIntent = (world: World, intentId: string) => void;

/** What is asked again and again until it is taken, at most so often. */
const MAX_ATTEMPTS = 100;
const ASKED_EVERY_MS = 7_000;

/** The customer confirms some time after being asked. */
export function customerConfirms(order: BasketCheckedOut, afterMs: number): Actor {
  return onceAsked(order, afterMs, ({ provider }, intentId) => void provider.intents.authenticate(intentId, true));
}

/** The customer tries another method some time after a decline, the same until the shop knows what became of it. */
export function paysAgain(order: BasketCheckedOut, afterMs: number, paymentMethod: string): Actor {
  return onceDeclined(order, afterMs, (world) => payUntilAnswered(world, order, paymentMethod));
}

/** 402 is an answer, too. 409 is none: the decline, or another attempt, may not be known here yet. */
function payUntilAnswered(world: World, { orderId, customerId }: BasketCheckedOut, paymentMethod: string): void {
  const request = { body: { paymentMethod } };
  const ask = () => world.request('POST /orders/{orderId}/payment', orderId, customerId, request);
  void untilTaken(world, ask, (status) => status === 200 || status === 402);
}

/** Something happens some time after the first decline. */
export function onceDeclined({ orderId }: BasketCheckedOut, afterMs: number, act: ActOnIntent): Actor {
  const find = ({ provider }: World) => provider.intents.list({ orderId }).find(({ lastError }) => lastError !== null);
  return onceFound(find, afterMs, act);
}

/** The customer cancels some time after being asked to confirm, again and again until the shop takes it. */
export function customerCancels(order: BasketCheckedOut, afterMs: number): Actor {
  return once(
    (world) => intentOf(world, order) !== undefined,
    (world) => void world.time.at(world.time.nowMs() + afterMs, () => cancelUntilTaken(world, order)),
  );
}

/** 409 is an answer, too: the order cannot be cancelled any more. */
export function cancelUntilTaken(world: World, { orderId, customerId }: BasketCheckedOut): void {
  const ask = () => world.request('POST /orders/{orderId}/cancel', orderId, customerId);
  void untilTaken(world, ask, (status) => status === 202 || status === 409);
}

/** The customer cancels, and the provider takes its time over the refund, or is busy for a moment. */
export function cancelSlowly(world: World, order: BasketCheckedOut, trouble: BehaviourRequest): void {
  world.provider.behaviours.arm({ ...trouble, orderId: order.orderId });
  cancelUntilTaken(world, order);
}

/** An operator says that the order left, until it is far enough for that. */
export function shipUntilTaken(world: World, { orderId }: BasketCheckedOut): void {
  void untilTaken(world, () => world.request('POST /orders/{orderId}/shipments', orderId, 'operator', { body: {} }));
}

/** The same of a part: one unit of a product, in a parcel that its number tells from others. */
export function shipOneUntilTaken(
  world: World,
  { orderId, lines: [line] }: BasketCheckedOut,
  trackingNumber: string,
): void {
  const body = { lines: [{ sku: line!.sku, quantity: 1 }], trackingNumber };
  void untilTaken(world, () => world.request('POST /orders/{orderId}/shipments', orderId, 'operator', { body }));
}

/** An operator takes everything back that has left by then, until something has. */
export function takeAllBackUntilTaken(world: World, { orderId }: BasketCheckedOut, everything: Disposition): void {
  const request = { body: { everything, reason: 'Unwanted' }, headers: { 'idempotency-key': 'all' } };
  void untilTaken(world, () => world.request('POST /admin/orders/{orderId}/returns', orderId, 'operator', request));
}

/** One unit of two can be sold again; the key says which operator asks. */
export function takeBackUntilTaken(world: World, order: BasketCheckedOut, key: string): void {
  takeUnitBackUntilTaken(world, order, { key, sku: 'CUP', disposition: key === 'one' ? 'RESTOCK' : 'WRITE_OFF' });
}

/** One unit of a product comes back. */
export function takeUnitBackUntilTaken(
  world: World,
  { orderId }: BasketCheckedOut,
  { key, sku, disposition }: { readonly key: string; readonly sku: string; readonly disposition: Disposition },
): void {
  const lines = [{ sku, quantity: 1, disposition }];
  const request = { body: { lines, reason: 'Too small' }, headers: { 'idempotency-key': key } };
  void untilTaken(world, () => world.request('POST /admin/orders/{orderId}/returns', orderId, 'operator', request));
}

async function untilTaken(
  world: World,
  ask: () => Promise<number>,
  isTaken = (status: number): boolean => status < 400,
  attempts = 1,
): Promise<void> {
  if (isTaken(await ask()) || attempts >= MAX_ATTEMPTS) return;
  world.time.at(world.time.nowMs() + ASKED_EVERY_MS, () => void untilTaken(world, ask, isTaken, attempts + 1));
}

/** Somebody gives money back in the provider's dashboard, unless the shop was quicker. @param amount all when absent. */
export function refundAtProvider({ provider }: World, intentId: string, amount?: number): void {
  if (provider.intents.get(intentId).refunded === 0) provider.refunds.create(intentId, { amount }, BY_DASHBOARD);
}

/** Somebody acts at the provider some time after the customer was asked to confirm, if the payment still waits then. */
export function onceAsked(order: BasketCheckedOut, afterMs: number, act: ActOnIntent): Actor {
  return once(
    (world) => intentOf(world, order) !== undefined,
    (world) => {
      world.time.at(world.time.nowMs() + afterMs, () => {
        const intent = intentOf(world, order);
        if (intent !== undefined) act(world, intent.id);
      });
    },
  );
}

/** Something happens to a charge some time after it was made. */
export function onceCharged({ orderId }: BasketCheckedOut, afterMs: number, act: ActOnIntent): Actor {
  return onceFound(({ provider }) => provider.intents.list({ orderId, status: 'succeeded' })[0], afterMs, act);
}

/** Something happens some time after a refund that gave all of it back. */
export function onceRefunded({ orderId }: BasketCheckedOut, afterMs: number, act: ActOnIntent): Actor {
  const isGivenBack = ({ amount, refunded }: { amount: number; refunded: number }) => refunded === amount;
  return onceFound(({ provider }) => provider.intents.list({ orderId }).find(isGivenBack), afterMs, act);
}

function onceFound(
  find: (world: World) => { readonly id: string } | undefined,
  afterMs: number,
  act: ActOnIntent,
): Actor {
  return once(
    (world) => find(world) !== undefined,
    (world) => {
      const { id } = find(world)!;
      world.time.at(world.time.nowMs() + afterMs, () => act(world, id));
    },
  );
}

export function together(...actors: readonly Actor[]): Actor {
  return (world) => {
    for (const act of actors) act(world);
  };
}

/** The order's intent that waits for its customer. */
function intentOf({ provider }: World, { orderId }: BasketCheckedOut) {
  return provider.intents.list({ orderId, status: 'requires_action' })[0];
}

/** Acts the first time that it is time to. */
export function once(isTime: (world: World) => boolean, act: (world: World) => void): Actor {
  let isDone = false;
  return (world) => {
    if (isDone || !isTime(world)) return;
    isDone = true;
    act(world);
  };
}
