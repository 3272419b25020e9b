import {
  cancelUntilTaken,
  customerCancels,
  customerConfirms,
  onceCharged,
  onceDeclined,
  paysAgain,
  refundAtProvider,
  shipUntilTaken,
  takeUnitBackUntilTaken,
  together,
} from './actors.ts';
import { ENOUGH, NO_FUNDS, type Scenario } from './scenario.ts';
import type { World } from './world.ts';

/** Stories in which two things happen at the same time; whoever comes second must find out. */
export const RACES: readonly Scenario[] = [...[0, 5, 10, 50, 200].flatMap(racesWithin), returnsOfTwoProducts()];

function racesWithin(headStartMs: number): Scenario[] {
  return [
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
    {
      name: `paid with another card ${headStartMs} ms after its customer cancels`,
      paymentMethodId: NO_FUNDS,
      allowPaymentRetry: true,
      stock: ENOUGH,
      people: (order) =>
        together(
          onceDeclined(order, 20_000, (world) => cancelUntilTaken(world, order)),
          paysAgain(order, 20_000 + headStartMs, 'pm_card_visa'),
        ),
      ending: { status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER' },
    },
    {
      name: `cancelled ${headStartMs} ms after its customer pays with another card`,
      paymentMethodId: NO_FUNDS,
      allowPaymentRetry: true,
      stock: ENOUGH,
      people: (order) =>
        together(
          paysAgain(order, 20_000, 'pm_card_visa'),
          onceDeclined(order, 20_000 + headStartMs, (world) => cancelUntilTaken(world, order)),
        ),
      ending: { status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER' },
    },
    {
      name: `paid with two other cards within ${headStartMs} ms`,
      paymentMethodId: NO_FUNDS,
      allowPaymentRetry: true,
      stock: ENOUGH,
      people: (order) =>
        together(
          paysAgain(order, 20_000, 'pm_card_visa'),
          paysAgain(order, 20_000 + headStartMs, 'pm_card_mastercard'),
        ),
      ending: { status: 'CONFIRMED' },
    },
    whileCancelled('given back in part', headStartMs, (world, intentId) => refundAtProvider(world, intentId, 300)),
    whileCancelled('given back', headStartMs, (world, intentId) => refundAtProvider(world, intentId)),
  ];
}

/** Somebody acts at the provider some time after the customer has cancelled, while the cancellation may still run. */
function whileCancelled(what: string, headStartMs: number, act: (world: World, intentId: string) => void): Scenario {
  return {
    name: `${what} ${headStartMs} ms after its customer cancels`,
    paymentMethodId: 'pm_card_visa',
    stock: ENOUGH,
    people: (order) =>
      together(
        onceCharged(order, 40_000, (world) => cancelUntilTaken(world, order)),
        onceCharged(order, 40_000 + headStartMs, act),
      ),
    ending: { status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER' },
  };
}

/** No row of the stock stands between the two: only that of the order does. */
function returnsOfTwoProducts(): Scenario {
  return {
    name: 'taken back by two operators at once, a product each',
    paymentMethodId: 'pm_card_visa',
    stock: ENOUGH,
    people: (order) =>
      together(
        onceCharged(order, 40_000, (world) => shipUntilTaken(world, order)),
        onceCharged(order, 80_000, (world) => {
          for (const sku of ['CUP', 'POT'])
            takeUnitBackUntilTaken(world, order, { key: sku, sku, disposition: 'RESTOCK' });
        }),
      ),
    ending: { status: 'SHIPPED' },
  };
}
