import { BY_DASHBOARD } from '@order-workflow/payment-sandbox/in-process';
import {
  type Actor,
  cancelSlowly,
  cancelUntilTaken,
  customerCancels,
  customerConfirms,
  onceAsked,
  onceCharged,
  onceRefunded,
  paysAgain,
  refundAtProvider,
  shipOneUntilTaken,
  shipUntilTaken,
  takeBackUntilTaken,
  together,
} from './actors.ts';
import { ENOUGH, NO_FUNDS, SCATTERED, type Scenario } from './scenario.ts';

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
    name: 'declined, then paid with another card',
    paymentMethodId: NO_FUNDS,
    allowPaymentRetry: true,
    stock: ENOUGH,
    people: (order) => paysAgain(order, 20_000, 'pm_card_visa'),
    ending: { status: 'CONFIRMED' },
  },
  {
    name: 'declined twice',
    paymentMethodId: NO_FUNDS,
    allowPaymentRetry: true,
    stock: ENOUGH,
    people: (order) => paysAgain(order, 20_000, 'pm_card_chargeDeclinedExpiredCard'),
    ending: { status: 'CANCELLED', reason: 'PAYMENT_DECLINED' },
  },
  {
    name: 'declined, then paid with a card that the bank must confirm',
    paymentMethodId: NO_FUNDS,
    allowPaymentRetry: true,
    stock: ENOUGH,
    people: (order) =>
      together(paysAgain(order, 20_000, 'pm_card_threeDSecure2Required'), customerConfirms(order, 20_000)),
    ending: { status: 'CONFIRMED' },
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
        onceCharged(order, 40_000, (world) => cancelUntilTaken(world, order)),
      ),
    ending: { status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER' },
  },
  {
    name: 'refunded, and the bank sends it back',
    paymentMethodId: 'pm_card_refundFail',
    stock: ENOUGH,
    people: (order) => onceCharged(order, 40_000, (world) => cancelUntilTaken(world, order)),
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
    people: (order) => onceCharged(order, 40_000, (world) => cancelUntilTaken(world, order)),
    ending: { status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER', parked: 'REFUND_FAILED' },
  },
  {
    name: 'customer must confirm, and no webhook is ever taken',
    paymentMethodId: 'pm_card_threeDSecure2Required',
    stock: ENOUGH,
    refusesWebhooks: true,
    people: (order) => customerConfirms(order, 20_000),
    ending: { status: 'CONFIRMED' },
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
        onceCharged(order, 40_000, (world) => cancelUntilTaken(world, order)),
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
        onceCharged(order, 40_000, (world) => shipUntilTaken(world, order)),
        onceCharged(order, 80_000, (world) => takeBackUntilTaken(world, order, 'one')),
      ),
    ending: { status: 'SHIPPED' },
  },
  {
    name: 'two operators take back what was shipped, and a part is given back at the provider',
    paymentMethodId: 'pm_card_visa',
    stock: ENOUGH,
    people: (order) =>
      together(
        onceCharged(order, 40_000, (world) => shipUntilTaken(world, order)),
        onceCharged(order, 80_000, (world, intentId) => {
          refundAtProvider(world, intentId, 300);
          for (const key of ['one', 'other']) takeBackUntilTaken(world, order, key);
        }),
      ),
    ending: { status: 'SHIPPED' },
  },
  {
    name: 'shipped, a part comes back, and the bank sends its refund back',
    paymentMethodId: 'pm_card_refundFail',
    stock: ENOUGH,
    people: (order) =>
      together(
        onceCharged(order, 40_000, (world) => shipUntilTaken(world, order)),
        onceCharged(order, 80_000, (world) => takeBackUntilTaken(world, order, 'one')),
      ),
    ending: { status: 'SHIPPED', parked: 'REFUND_FAILED' },
  },
  {
    name: 'shipped in two parcels, and what left first comes back between them',
    paymentMethodId: 'pm_card_visa',
    stock: ENOUGH,
    people: (order) =>
      together(
        onceCharged(order, 40_000, (world) => shipOneUntilTaken(world, order, 'T-1')),
        onceCharged(order, 80_000, (world) => takeBackUntilTaken(world, order, 'one')),
        onceCharged(order, 80_000, (world) => shipUntilTaken(world, order)),
      ),
    ending: { status: 'SHIPPED' },
  },
  {
    name: 'charged at the provider while its customer should confirm',
    paymentMethodId: 'pm_card_threeDSecure2Required',
    stock: ENOUGH,
    people: (order) =>
      onceAsked(order, 20_000, ({ provider }, intentId) => void provider.intents.captureByOther(intentId)),
    ending: { status: 'CONFIRMED' },
  },
  {
    name: 'cancelled at the provider',
    paymentMethodId: 'pm_card_threeDSecure2Required',
    stock: ENOUGH,
    people: (order) =>
      onceAsked(order, 20_000, ({ provider }, intentId) => void provider.intents.cancel(intentId, BY_DASHBOARD)),
    ending: { status: 'CANCELLED', reason: 'PAYMENT_CANCELLED' },
  },
  {
    name: 'units in several shards, shipped, and a part comes back',
    paymentMethodId: 'pm_card_visa',
    ...SCATTERED,
    people: (order) =>
      together(
        onceCharged(order, 40_000, (world) => shipUntilTaken(world, order)),
        onceCharged(order, 80_000, (world) => takeBackUntilTaken(world, order, 'one')),
      ),
    ending: { status: 'SHIPPED' },
  },
  {
    name: 'units in several shards, declined',
    paymentMethodId: 'pm_card_chargeDeclined',
    ...SCATTERED,
    people: nobody,
    ending: { status: 'CANCELLED', reason: 'PAYMENT_DECLINED' },
  },
  {
    name: 'too few units in all shards',
    paymentMethodId: 'pm_card_visa',
    stock: { CUP: 1, POT: 3 },
    shards: 3,
    people: nobody,
    ending: { status: 'CANCELLED', reason: 'OUT_OF_STOCK' },
  },
];
