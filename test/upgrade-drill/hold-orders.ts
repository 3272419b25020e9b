import type { PlacedOrder } from '../../cli/demo/place-order.ts';
import type { DrillShop } from './shop.ts';

/** An order that a deployment meets, and how it must end whatever is deployed. */
export interface HeldOrder {
  readonly placed: PlacedOrder;
  /** What holds it. */
  readonly held: string;
  readonly ends: string;
  /** What somebody asks of it after the deployment: the newer version begins it on rows of the older one. */
  readonly ask?: (shop: DrillShop) => Promise<unknown>;
}

const DECLINED = 'CANCELLED PAYMENT_DECLINED';
const SOLD_OUT = 'CANCELLED OUT_OF_STOCK';
const CANCELLED = 'CANCELLED CANCELLED_BY_CUSTOMER';

/**
 * Brings orders to every step of every workflow, where they are tried again because the step's function takes nobody; to
 * a customer and to an operator who are waited for; and to everything that lies between the functions.
 *
 * Steps are closed from the last to the first, so that each new order comes exactly so far.
 */
export async function holdOrders(shop: DrillShop): Promise<HeldOrder[]> {
  const held: HeldOrder[] = [];
  const hold = (placed: PlacedOrder, at: string, ends: string): void => void held.push({ placed, held: at, ends });
  held.push(...(await sellForLater(shop)));
  const sold: PlacedOrder[] = [];
  while (sold.length < 10) sold.push(await shop.buy());
  for (const order of sold) await shop.untilStatus(order, 'CONFIRMED');
  const [first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth] = sold;
  for (const order of [fifth!, sixth!, seventh!, tenth!]) await shop.ship(order);
  hold(eighth!, 'confirmed, and nothing more', 'CONFIRMED');

  // From here on nobody is told: mails find events of this version.
  await shop.take(false, 'send-mail');
  const asked = await shop.buy('threeDSecure2Required');
  hold(asked, 'waits for its customer', 'CONFIRMED');
  await untilStanding(shop, asked, 'order-saga / Charge payment');
  const parked = await holdParked(shop, hold, { shipped: seventh!, settled: tenth!, confirmed: ninth! });

  await shop.refuse('cancel-order');
  hold(await shop.buy('chargeDeclined'), 'order-saga / Cancel order', DECLINED);
  await shop.cancel(first!);
  hold(first!, 'order-cancellation / Cancel order', CANCELLED);
  await untilHeld(shop, held.slice(-2));

  await shop.refuse('refund-payment');
  hold(await shop.buy('chargeDeclined'), 'order-saga / Refund payment', DECLINED);
  await shop.cancel(second!);
  hold(second!, 'order-cancellation / Refund payment', CANCELLED);
  await untilHeld(shop, held.slice(-2));
  await shop.retry(parked.unpaidBack, 'Refund payment');
  hold(parked.unpaidBack, 'its refund is tried again', DECLINED);
  // Where a step that follows another one's failure is not known yet, the step itself is done again.
  await untilStanding(shop, parked.unpaidBack, 'order-saga / Refund payment meanwhile', 'order-saga / Refund payment');

  await shop.refuse('release-inventory');
  hold(await shop.buy('chargeDeclined'), 'order-saga / Release inventory', DECLINED);
  await shop.cancel(third!);
  hold(third!, 'order-cancellation / Release inventory', CANCELLED);
  await untilHeld(shop, held.slice(-2));
  await shop.retry(parked.unreleased, 'Release inventory');
  hold(parked.unreleased, 'its release is tried again', DECLINED);
  await untilStanding(
    shop,
    parked.unreleased,
    'order-saga / Release inventory again',
    'order-saga / Release inventory',
  );

  await shop.refuse('stop-order', 'stop-sale');
  const soldOut = await shop.buyWhatIsSoldOut();
  hold(soldOut, 'sold out', SOLD_OUT);
  // Where the state is not known yet, it goes the way of all others.
  await untilStanding(shop, soldOut, 'order-saga / Cancel at once', 'order-saga / Stop order');
  hold(await shop.buy('chargeDeclined'), 'order-saga / Stop order', DECLINED);
  await shop.cancel(fourth!);
  hold(fourth!, 'order-cancellation / Stop sale', CANCELLED);

  await shop.refuse('close-return');
  await shop.takeBack(fifth!);
  hold(fifth!, 'order-return / Close return', 'SHIPPED');
  await untilHeld(shop, held.slice(-3));
  await shop.settle(tenth!, 'Refund return');
  hold(tenth!, 'order-return / Close return by hand', 'SHIPPED');
  await untilHeld(shop, held.slice(-1));
  await shop.refuse('refund-return');
  await shop.takeBack(sixth!);
  hold(sixth!, 'order-return / Refund return', 'SHIPPED');

  for (const [entry, state] of [
    ['confirm-order', 'Confirm order'],
    ['charge-payment', 'Charge payment'],
    ['reserve-inventory', 'Reserve inventory'],
    ['create-order', 'Create order'],
  ] as const) {
    await shop.refuse(entry);
    hold(await shop.buy(), `order-saga / ${state}`, 'CONFIRMED');
    await untilHeld(shop, held.slice(-1));
  }

  await shop.take(false, 'start-order-saga');
  hold(await shop.buy(), 'its checkout waits in the queue', 'CONFIRMED');
  await shop.take(false, 'relay-outbox');
  hold(await shop.buy(), 'its checkout waits in the outbox', 'CONFIRMED');
  return held;
}

/** Orders that stand still now: what is done with them begins after the deployment. */
async function sellForLater(shop: DrillShop): Promise<HeldOrder[]> {
  const [toShip, toCancel, toTakeBack] = [await shop.buy(), await shop.buy(), await shop.buy()];
  for (const order of [toShip, toCancel, toTakeBack]) await shop.untilStatus(order, 'CONFIRMED');
  await shop.ship(toTakeBack);
  return [
    { placed: toShip, held: 'confirmed, then shipped', ends: 'SHIPPED', ask: (after) => after.ship(toShip) },
    { placed: toCancel, held: 'confirmed, then cancelled', ends: CANCELLED, ask: (after) => after.cancel(toCancel) },
    { placed: toTakeBack, held: 'shipped, then returned', ends: 'SHIPPED', ask: (after) => after.takeBack(toTakeBack) },
  ];
}

/**
 * Parks at every place where an operator is asked: the steps fail until they give up.
 * @returns two that are not held there: an operator has their refund, or their release, tried again.
 */
async function holdParked(
  shop: DrillShop,
  hold: (placed: PlacedOrder, at: string, ends: string) => void,
  { shipped, settled, confirmed }: Readonly<Record<'shipped' | 'settled' | 'confirmed', PlacedOrder>>,
): Promise<{ readonly unpaidBack: PlacedOrder; readonly unreleased: PlacedOrder }> {
  const undoing = ['refund-payment', 'release-inventory', 'refund-return'];
  await shop.refuse('release-inventory');
  const [held, unreleased] = [await shop.buy('chargeDeclined'), await shop.buy('chargeDeclined')];
  hold(held, 'parked: release', DECLINED);
  for (const order of [held, unreleased]) await untilParked(shop, order, 'order-saga / Await release decision');
  await shop.refuse(...undoing);
  const [declined, unpaidBack] = [await shop.buy('chargeDeclined'), await shop.buy('chargeDeclined')];
  hold(declined, 'parked: refund, and a release that fails', DECLINED);
  await shop.takeBack(shipped);
  hold(shipped, 'parked: refund of a return', 'SHIPPED');
  // Not held here: an operator settles its money before the deployment.
  await shop.takeBack(settled);
  await shop.cancel(confirmed);
  hold(confirmed, 'parked: refund and release of a sale', CANCELLED);
  for (const [order, place] of [
    [declined, 'order-saga / Await refund decision'],
    [unpaidBack, 'order-saga / Await refund decision'],
    [shipped, 'order-return / Await refund decision'],
    [settled, 'order-return / Await refund decision'],
    [confirmed, 'order-cancellation / Await refund decision'],
    [confirmed, 'order-cancellation / Await release decision'],
  ] as const) {
    await untilParked(shop, order, place);
  }
  await shop.allow(...undoing);

  await shop.refuse('charge-payment');
  const misread = await shop.buy();
  hold(misread, 'parked: the provider told another amount', 'CONFIRMED');
  await untilStanding(shop, misread, 'order-saga / Charge payment');
  const { orderId } = misread;
  for (const operation of ['confirm', 'retrieve']) {
    await shop.sandbox('behaviours', { kind: 'wrongAmount', operation, orderId, count: 99 });
  }
  await shop.sandbox('behaviours', { kind: 'webhookDrop', orderId, count: 99 });
  await shop.allow('charge-payment');
  shop.skipWaits();
  await untilStanding(shop, misread, 'order-saga / Await payment decision');
  return { unpaidBack, unreleased };
}

/** Its steps are tried again until they give up. */
function untilParked(shop: DrillShop, { orderId }: PlacedOrder, place: string): Promise<void> {
  return shop.until(`${orderId} is parked at ${place}`, async () => {
    shop.skipWaits();
    return (await shop.standings(orderId)).some(({ at }) => at === place);
  });
}

async function untilHeld(shop: DrillShop, orders: readonly HeldOrder[]): Promise<void> {
  for (const { placed, held } of orders) await untilStanding(shop, placed, held);
}

function untilStanding(shop: DrillShop, { orderId }: PlacedOrder, ...places: readonly string[]): Promise<void> {
  return shop.until(`${orderId} stands at ${places.join(' or ')}`, async () =>
    (await shop.standings(orderId)).some(({ at }) => places.includes(at)),
  );
}
