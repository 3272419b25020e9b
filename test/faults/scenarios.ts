import type { BehaviourRequest } from '@order-workflow/payment-sandbox';
import { BY_DASHBOARD } from '@order-workflow/payment-sandbox/in-process';
import { ulid } from 'ulid';
import { BasketCheckedOut, totalOf } from '../../events/basket-checked-out.ts';
import { eventIdOf } from '../../events/define-event.ts';
import type { OrderId, OrderStatus, ParkReason, Sku } from '../../events/vocabulary.ts';
import type { World } from './world.ts';

/** A story of one order. */
export interface Scenario {
  readonly name: string;
  readonly paymentMethodId: string;
  readonly stock: Readonly<Record<string, number>>;
  /** No webhook of the provider ever arrives; the provider believes that each did. */
  readonly losesWebhooks?: true;
  /** What people do, beside the shop and the provider. */
  readonly people: (order: BasketCheckedOut) => Actor;
  /** How it ends when nothing goes wrong. */
  readonly ending: Ending;
  /** What may wait for a person when a fault has the order undone: what a bank took, and when, decides. */
  readonly parkedWhenUndone?: readonly (readonly ParkReason[])[];
}

export interface Ending {
  readonly status: OrderStatus;
  readonly reason?: string;
  /** What an operator is shown besides. */
  readonly parked?: ParkReason | readonly ParkReason[];
}

/** An ending as a run tells it. */
export function toldEnding({ status, reason, parked }: Ending): string {
  if (parked !== undefined) return toldParkings([parked].flat());
  return reason === undefined ? status : `${status} (${reason})`;
}

/** The endings of an order that was undone as far as it can be, as a run tells them. */
export function toldUndone({ parkedWhenUndone = [] }: Scenario): string[] {
  return parkedWhenUndone.map(toldParkings);
}

function toldParkings(reasons: readonly ParkReason[]): string {
  return reasons.map((reason) => `parked ${reason}`).join(' + ');
}

type Actor = (world: World) => void;

/** Of every order's id: in which shard of the outbox its events lie follows from the id, so it must follow from the seed. */
const FIRST_DAY_MS = Date.UTC(2026, 0, 1);
const ENOUGH = { CUP: 10, POT: 5 };
const nobody = (): Actor => () => undefined;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'confirmed',
    paymentMethodId: 'pm_card_visa',
    stock: ENOUGH,
    people: nobody,
    ending: { status: 'CONFIRMED' },
  },
  {
    name: 'customer must confirm',
    paymentMethodId: 'pm_card_threeDSecure2Required',
    stock: ENOUGH,
    people: (order) => customerConfirms(order, 20_000),
    ending: { status: 'CONFIRMED' },
  },
  {
    name: 'declined',
    paymentMethodId: 'pm_card_chargeDeclined',
    stock: ENOUGH,
    people: nobody,
    ending: { status: 'CANCELLED', reason: 'PAYMENT_DECLINED' },
  },
  {
    name: 'out of stock',
    paymentMethodId: 'pm_card_visa',
    stock: { CUP: 10, POT: 0 },
    people: nobody,
    ending: { status: 'CANCELLED', reason: 'OUT_OF_STOCK' },
  },
  {
    name: 'cancelled while running',
    paymentMethodId: 'pm_card_threeDSecure2Required',
    stock: ENOUGH,
    people: (order) => customerCancels(order, 10_000),
    ending: { status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER' },
  },
  {
    name: 'confirmation expired',
    paymentMethodId: 'pm_card_threeDSecure2Required',
    stock: ENOUGH,
    people: nobody,
    ending: { status: 'CANCELLED', reason: 'CONFIRMATION_EXPIRED' },
  },
  {
    name: 'disputed by the bank',
    paymentMethodId: 'pm_card_createDispute',
    stock: ENOUGH,
    people: nobody,
    ending: { status: 'CONFIRMED', parked: 'PAYMENT_DISPUTED' },
    parkedWhenUndone: [['REFUND_FAILED', 'PAYMENT_DISPUTED']],
  },
  {
    name: 'given back at the provider',
    paymentMethodId: 'pm_card_visa',
    stock: ENOUGH,
    people: (order) => onceCharged(order, 20_000, (world, intentId) => refundAtProvider(world, intentId)),
    ending: { status: 'CONFIRMED', parked: 'REFUNDED_BY_OTHERS' },
  },
  {
    name: 'given back in part, then cancelled',
    paymentMethodId: 'pm_card_visa',
    stock: ENOUGH,
    people: (order) =>
      together(
        onceCharged(order, 20_000, (world, intentId) => refundAtProvider(world, intentId, 300)),
        onceCharged(order, 40_000, (world) => void cancelUntilTaken(world, order)),
      ),
    ending: { status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER' },
  },
  {
    name: 'refunded, and the bank sends it back',
    paymentMethodId: 'pm_card_refundFail',
    stock: ENOUGH,
    people: (order) => onceCharged(order, 40_000, (world) => void cancelUntilTaken(world, order)),
    ending: { status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER', parked: 'REFUND_FAILED' },
  },
  {
    name: 'disputed, and no webhook ever arrives',
    paymentMethodId: 'pm_card_createDispute',
    stock: ENOUGH,
    losesWebhooks: true,
    people: nobody,
    ending: { status: 'CONFIRMED', parked: 'PAYMENT_DISPUTED' },
    parkedWhenUndone: [['REFUND_FAILED', 'PAYMENT_DISPUTED']],
  },
  {
    name: 'refunded and sent back, and no webhook ever arrives',
    paymentMethodId: 'pm_card_refundFail',
    stock: ENOUGH,
    losesWebhooks: true,
    people: (order) => onceCharged(order, 40_000, (world) => void cancelUntilTaken(world, order)),
    ending: { status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER', parked: 'REFUND_FAILED' },
  },
  {
    name: 'suspected of fraud',
    paymentMethodId: 'pm_card_createIssuerFraudRecord',
    stock: ENOUGH,
    people: nobody,
    ending: { status: 'CONFIRMED', parked: 'FRAUD_SUSPECTED' },
  },
  {
    name: 'disputed after our refund',
    paymentMethodId: 'pm_card_visa',
    stock: ENOUGH,
    people: (order) =>
      together(
        onceCharged(order, 40_000, (world) => void cancelUntilTaken(world, order)),
        onceRefunded(order, 20_000, ({ provider }, intentId) => void provider.disputes.open(intentId, {})),
      ),
    ending: { status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER', parked: 'PAYMENT_DISPUTED' },
  },
  {
    name: 'disputed while its cancellation runs',
    paymentMethodId: 'pm_card_visa',
    stock: ENOUGH,
    people: (order) =>
      together(
        onceCharged(order, 40_000, (world) =>
          cancelSlowly(world, order, { kind: 'unavailable', operation: 'refund', count: 1_000 }),
        ),
        onceCharged(order, 40_500, ({ provider }, intentId) => void provider.disputes.open(intentId, {})),
        onceCharged(order, 41_000, ({ provider }) => provider.behaviours.clear()),
      ),
    ending: { status: 'CANCELLING', parked: ['REFUND_FAILED', 'PAYMENT_DISPUTED'] },
    parkedWhenUndone: [['REFUND_FAILED', 'PAYMENT_DISPUTED'], ['PAYMENT_DISPUTED']],
  },
  {
    name: 'given back in part while we give it back',
    paymentMethodId: 'pm_card_visa',
    stock: ENOUGH,
    people: (order) =>
      together(
        onceCharged(order, 40_000, (world) =>
          cancelSlowly(world, order, { kind: 'delay', operation: 'refund', ms: 4_000 }),
        ),
        onceCharged(order, 42_000, (world, intentId) => refundAtProvider(world, intentId, 300)),
      ),
    ending: { status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER' },
  },
  {
    name: 'shipped, and a part comes back',
    paymentMethodId: 'pm_card_visa',
    stock: ENOUGH,
    people: (order) =>
      together(
        onceCharged(order, 40_000, (world) => void untilTaken(world, () => ship(world, order))),
        onceCharged(order, 80_000, (world) => void untilTaken(world, () => takeBack(world, order, 'one'))),
      ),
    ending: { status: 'SHIPPED' },
  },
  {
    name: 'two operators take back what was shipped, and a part is given back at the provider',
    paymentMethodId: 'pm_card_visa',
    stock: ENOUGH,
    people: (order) =>
      together(
        onceCharged(order, 40_000, (world) => void untilTaken(world, () => ship(world, order))),
        onceCharged(order, 80_000, (world, intentId) => {
          refundAtProvider(world, intentId, 300);
          for (const key of ['one', 'other']) void untilTaken(world, () => takeBack(world, order, key));
        }),
      ),
    ending: { status: 'SHIPPED' },
  },
  {
    name: 'charged at the provider while its customer should confirm',
    paymentMethodId: 'pm_card_threeDSecure2Required',
    stock: ENOUGH,
    people: (order) =>
      atProvider(order, 20_000, ({ provider }, intentId) => void provider.intents.captureByOther(intentId)),
    ending: { status: 'CONFIRMED' },
  },
  {
    name: 'cancelled at the provider',
    paymentMethodId: 'pm_card_threeDSecure2Required',
    stock: ENOUGH,
    people: (order) =>
      atProvider(order, 20_000, ({ provider }, intentId) => void provider.intents.cancel(intentId, BY_DASHBOARD)),
    ending: { status: 'CANCELLED', reason: 'PAYMENT_CANCELLED' },
  },
];

/** Stories in which two things happen at the same time; whoever comes second must find out. */
export const RACES: readonly Scenario[] = [0, 5, 10, 50, 200].flatMap((headStartMs) => [
  {
    name: `cancelled ${headStartMs} ms after its customer confirms`,
    paymentMethodId: 'pm_card_threeDSecure2Required',
    stock: ENOUGH,
    people: (order) => together(customerConfirms(order, 20_000), customerCancels(order, 20_000 + headStartMs)),
    ending: { status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER' },
  },
  {
    ...whileCancelled('disputed', headStartMs, ({ provider }, intentId) => void provider.disputes.open(intentId, {})),
    ending: { status: 'CANCELLED', parked: 'PAYMENT_DISPUTED' },
  },
  whileCancelled('given back in part', headStartMs, (world, intentId) => refundAtProvider(world, intentId, 300)),
  whileCancelled('given back', headStartMs, (world, intentId) => refundAtProvider(world, intentId)),
]);

/** Somebody acts at the provider some time after the customer has cancelled, while the cancellation may still run. */
function whileCancelled(what: string, headStartMs: number, act: (world: World, intentId: string) => void): Scenario {
  return {
    name: `${what} ${headStartMs} ms after its customer cancels`,
    paymentMethodId: 'pm_card_visa',
    stock: ENOUGH,
    people: (order) =>
      together(
        onceCharged(order, 40_000, (world) => void cancelUntilTaken(world, order)),
        onceCharged(order, 40_000 + headStartMs, act),
      ),
    ending: { status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER' },
  };
}

/** Two lines, so that a transaction over the stock has something to be wrong about. */
export function someOrder({ paymentMethodId }: Pick<Scenario, 'paymentMethodId'>): BasketCheckedOut {
  return orderOf({ CUP: 2, POT: 1 }, paymentMethodId);
}

export function orderOf(quantities: Readonly<Record<string, number>>, paymentMethodId: string): BasketCheckedOut {
  const orderId = ulid(FIRST_DAY_MS, Math.random) as OrderId;
  const lines = Object.entries(quantities).map(([sku, quantity]) => ({
    sku: sku as Sku,
    quantity,
    unitPriceMinor: 1250,
  }));
  return {
    eventId: eventIdOf(BasketCheckedOut, orderId),
    schemaVersion: 1,
    orderId,
    basketId: `basket-${orderId}`,
    customerId: 'alice',
    correlationId: `correlation-${orderId}`,
    placedAt: new Date().toISOString(),
    currency: 'EUR',
    lines,
    totalMinor: totalOf(lines),
    paymentMethodId,
  };
}

/** The customer confirms some time after being asked. */
export function customerConfirms({ orderId }: BasketCheckedOut, afterMs: number): Actor {
  return once(
    (world) => intentOf(world, orderId) !== undefined,
    (world) => {
      world.time.at(world.time.nowMs() + afterMs, () => {
        const intent = intentOf(world, orderId);
        if (intent !== undefined) world.provider.intents.authenticate(intent.id, true);
      });
    },
  );
}

/** The customer cancels some time after being asked to confirm, again and again until the shop takes it. */
export function customerCancels(order: BasketCheckedOut, afterMs: number): Actor {
  return once(
    (world) => intentOf(world, order.orderId) !== undefined,
    (world) => void world.time.at(world.time.nowMs() + afterMs, () => void cancelUntilTaken(world, order)),
  );
}

async function cancelUntilTaken(world: World, order: BasketCheckedOut, attempts = 1): Promise<void> {
  const { orderId, customerId } = order;
  const status = await world.request('POST /orders/{orderId}/cancel', orderId, customerId);
  const isTaken = status === 202 || status === 409;
  if (isTaken || attempts >= 100) return;
  world.time.at(world.time.nowMs() + 7_000, () => void cancelUntilTaken(world, order, attempts + 1));
}

function ship(world: World, { orderId }: BasketCheckedOut): Promise<number> {
  return world.request('POST /orders/{orderId}/shipments', orderId, 'operator', { body: {} });
}

/** One unit of two can be sold again; the key says which operator asks. */
function takeBack(world: World, { orderId }: BasketCheckedOut, key: string): Promise<number> {
  const lines = [{ sku: 'CUP', quantity: 1, disposition: key === 'one' ? 'RESTOCK' : 'WRITE_OFF' }];
  const request = { body: { lines, reason: 'Too small' }, headers: { 'idempotency-key': key } };
  return world.request('POST /admin/orders/{orderId}/returns', orderId, 'operator', request);
}

/** An operator asks until the shop has an answer; 409 is one, unless the order has not come so far yet. */
async function untilTaken(world: World, ask: () => Promise<number>, attempts = 1): Promise<void> {
  const status = await ask();
  if (status < 400 || attempts >= 100) return;
  world.time.at(world.time.nowMs() + 7_000, () => void untilTaken(world, ask, attempts + 1));
}

/** The customer cancels, and the provider takes its time over the refund, or is busy for a moment. */
function cancelSlowly(world: World, order: BasketCheckedOut, trouble: BehaviourRequest): void {
  world.provider.behaviours.arm({ ...trouble, orderId: order.orderId });
  void cancelUntilTaken(world, order);
}

/** Somebody gives money back in the provider's dashboard, unless the shop was quicker. @param amount all when absent. */
function refundAtProvider({ provider }: World, intentId: string, amount?: number): void {
  if (provider.intents.get(intentId).refunded === 0) provider.refunds.create(intentId, { amount }, BY_DASHBOARD);
}

/** Somebody acts at the provider, some time after the customer was asked to confirm the payment. */
function atProvider(
  { orderId }: BasketCheckedOut,
  afterMs: number,
  act: (world: World, intentId: string) => void,
): Actor {
  return once(
    (world) => intentOf(world, orderId) !== undefined,
    (world) => {
      world.time.at(world.time.nowMs() + afterMs, () => {
        const intent = intentOf(world, orderId);
        if (intent !== undefined) act(world, intent.id);
      });
    },
  );
}

/** Something happens to a charge some time after it was made. */
function onceCharged(
  { orderId }: BasketCheckedOut,
  afterMs: number,
  act: (world: World, intentId: string) => void,
): Actor {
  const charged = ({ provider }: World) => provider.intents.list({ orderId, status: 'succeeded' })[0];
  return once(
    (world) => charged(world) !== undefined,
    (world) => void world.time.at(world.time.nowMs() + afterMs, () => act(world, charged(world)!.id)),
  );
}

/** Something happens some time after a refund that gave all of it back. */
function onceRefunded(
  { orderId }: BasketCheckedOut,
  afterMs: number,
  act: (world: World, intentId: string) => void,
): Actor {
  const refunded = ({ provider }: World) =>
    provider.intents.list({ orderId }).find(({ amount, refunded: givenBack }) => givenBack === amount);
  return once(
    (world) => refunded(world) !== undefined,
    (world) => {
      const { id } = refunded(world)!;
      world.time.at(world.time.nowMs() + afterMs, () => act(world, id));
    },
  );
}

function together(...actors: readonly Actor[]): Actor {
  return (world) => {
    for (const act of actors) act(world);
  };
}

/** The order's intent that waits for its customer. */
function intentOf({ provider }: World, orderId: string) {
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
