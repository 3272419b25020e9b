import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import type { Violation } from '../invariants/rule.ts';
import { checkInvariants } from '../invariants/check-invariants.ts';
import { endingOf } from './run-scenario.ts';
import type { Fault } from './faults.ts';
import { outsideFunctions } from './function-host.ts';
import { cancelWhileCharged, forgedSuccess, isDeclined, lateCharge, payWithAnotherCard } from './hard-case-actors.ts';
import type { Lab } from './lab.ts';
import { decideAll } from './parking-drills.ts';
import {
  cancelUntilTaken,
  customerConfirms,
  once,
  onceCharged,
  onceDeclined,
  onceRefunded,
  paysAgain,
  together,
} from './actors.ts';
import { someOrder } from './played-order.ts';
import type { World } from './world.ts';
import { snapshotOf } from './world-snapshot.ts';

/** What no single fault brings about: something comes late, from a stranger, or between two writes. */
export interface HardCase {
  readonly name: string;
  readonly paymentMethodId: string;
  readonly allowPaymentRetry?: true;
  readonly stock?: Readonly<Record<string, number>>;
  readonly faults?: readonly Fault[];
  /** Acts in a world in which the order was just checked out; what it does not wait for comes to rest after it. */
  readonly play: (world: World, order: BasketCheckedOut) => Promise<void> | void;
  readonly ending: string;
  /** From the checkout to the order's last transition: who waits for nobody does not keep a customer waiting. */
  readonly endsWithinMs?: number;
}

const ENOUGH = { CUP: 10, POT: 5 };
const GOOD_CARD = 'pm_card_visa';
const DECLINED_CARD = 'pm_card_chargeDeclined';
const CONFIRMING_CARD = 'pm_card_threeDSecure2Required';
/** Longer than the stream brings an event again by itself. */
const BUS_IS_DOWN: Fault = { point: 'relay-outbox/EventBridge.PutEvents#1', mode: 'serverErrorForLong' };
const CHARGE_IS_NOTED = 'charge-payment/DynamoDB.UpdateItem(Payments)#1';

export const HARD_CASES: readonly HardCase[] = [
  {
    name: 'a customer cancels while the card is charged',
    paymentMethodId: GOOD_CARD,
    play: cancelWhileCharged,
    ending: 'CANCELLED (CANCELLED_BY_CUSTOMER)',
  },
  {
    name: 'a customer cancels before the bank asks for a confirmation',
    paymentMethodId: CONFIRMING_CARD,
    play: cancelWhileCharged,
    ending: 'CANCELLED (CANCELLED_BY_CUSTOMER)',
    endsWithinMs: 60_000,
  },
  {
    name: 'a customer cancels while calls come too fast for the provider',
    paymentMethodId: GOOD_CARD,
    play(world, order) {
      world.provider.behaviours.arm({ kind: 'rateLimited', operation: 'confirm', count: 12 });
      const isRefused = (): boolean => world.provider.behaviours.list().some(({ fired }) => fired > 0);
      world.actors.push(once(isRefused, () => cancelUntilTaken(world, order)));
    },
    ending: 'CANCELLED (CANCELLED_BY_CUSTOMER)',
    endsWithinMs: 60_000,
  },
  {
    name: 'a confirmation is tried again while its order is taken back, and the bank sends the refund back meanwhile',
    paymentMethodId: GOOD_CARD,
    faults: [
      // The order is sold, and the saga hears nothing of it until its customer has the money back.
      { point: 'confirm-order#1', mode: 'timeoutWithEffect' },
      // The cancellation has paid, and cannot end for a minute.
      { point: 'release-inventory/DynamoDB.TransactWriteItems(Reservations,Stock)#1', mode: 'conflictForLong' },
    ],
    play(world, order) {
      world.webhookCopies = (type) => (type.includes('refund') ? 0 : 1);
      world.actors.push(
        together(
          onceCharged(order, 1_000, () => cancelUntilTaken(world, order)),
          onceRefunded(order, 1_000, ({ provider }, intentId) => {
            for (const { id } of provider.refunds.list(intentId)) provider.refunds.settle(id, 'failed');
          }),
        ),
      );
    },
    ending: 'CANCELLED (CANCELLED_BY_CUSTOMER)',
  },
  {
    name: 'a bank sends each refund back, and for a minute no answer to one can be remembered',
    paymentMethodId: 'pm_card_refundFail',
    faults: [{ point: 'refund-payment/DynamoDB.UpdateItem(Idempotency)#1', mode: 'throttledForLong' }],
    play: (world, order) => void world.actors.push(onceCharged(order, 1_000, () => cancelUntilTaken(world, order))),
    ending: 'CANCELLING (CANCELLED_BY_CUSTOMER)',
  },
  ...(
    [
      ['the bus takes nothing for a minute', []],
      [
        'it does, and the row cannot be marked at first',
        ['relay-outbox/DynamoDB.UpdateItem(Outbox)#1', 'permanentError'],
      ],
      ['it does, and the relay dies as it marks the row', ['relay-outbox/DynamoDB.UpdateItem(Outbox)#1', 'crashAfter']],
      [
        'it does, and the sweeper cannot take the mark away',
        ['sweep-outbox/DynamoDB.BatchWriteItem(Outbox)#1', 'crashBefore'],
      ],
    ] as const
  ).map(([name, [point, mode]]): HardCase => ({
    name,
    paymentMethodId: GOOD_CARD,
    faults: [BUS_IS_DOWN, ...(point === undefined ? [] : [{ point, mode }])],
    play: () => undefined,
    ending: 'CONFIRMED',
  })),
  {
    name: 'nobody reads a checkout from the stream for a day, then it is published again',
    paymentMethodId: GOOD_CARD,
    faults: [{ point: 'stream.relay-outbox#1', mode: 'expired' }],
    async play(world) {
      await world.untilAtRest();
      const republishSince = new Date(world.startedAtMs).toISOString();
      const payload = JSON.stringify({ republishSince });
      await world.time.passUntil(outsideFunctions(() => world.host.invoke('sweep-outbox', payload)));
    },
    ending: 'CONFIRMED',
  },
  {
    name: 'a charge comes when its order is over',
    paymentMethodId: GOOD_CARD,
    stock: { CUP: 10, POT: 0 },
    async play(world, order) {
      await world.untilAtRest();
      await lateCharge(world, order);
    },
    ending: 'CANCELLED (OUT_OF_STOCK)',
  },
  ...[false, true].map((refusesWebhooks): HardCase => ({
    name: `a customer pays with another card when the declined order is over${refusesWebhooks ? ', and no webhook is taken' : ''}`,
    paymentMethodId: DECLINED_CARD,
    faults: [{ point: 'refund-payment#1', mode: 'permanentError' }],
    async play(world, order) {
      await world.untilAtRest();
      await decideAll(world, await snapshotOf(world), 'resolved');
      await world.untilAtRest();
      world.refusesWebhooks = refusesWebhooks;
      payWithAnotherCard(world, order);
    },
    ending: 'CANCELLED (PAYMENT_DECLINED)',
  })),
  {
    name: 'a charge dies as it notes the outcome, and its webhook is lost',
    paymentMethodId: GOOD_CARD,
    faults: [
      { point: CHARGE_IS_NOTED, mode: 'crashBefore' },
      { point: 'webhook.payment_intent.succeeded#1', mode: 'webhookDrop' },
    ],
    play: () => undefined,
    ending: 'CONFIRMED',
  },
  {
    name: 'a charge makes an intent and cannot note it',
    paymentMethodId: GOOD_CARD,
    faults: [{ point: 'charge-payment/DynamoDB.PutItem(Payments)#1', mode: 'permanentError' }],
    play: () => undefined,
    ending: 'CANCELLED (INTERNAL_ERROR)',
  },
  {
    name: 'a decline arrives at its row when the customer has paid with another card',
    paymentMethodId: DECLINED_CARD,
    faults: [{ point: CHARGE_IS_NOTED, mode: 'lateEffect' }],
    play(world, order) {
      world.actors.push(
        once(
          () => isDeclined(world, order),
          () => payWithAnotherCard(world, order),
        ),
      );
    },
    ending: 'CONFIRMED',
  },
  ...[-500, 0, 500].map((lateByMs): HardCase => ({
    name: `another card is charged ${lateByMs} ms after the time of the order is up`,
    paymentMethodId: DECLINED_CARD,
    allowPaymentRetry: true,
    play(world, order) {
      // The last moment to begin is a minute before. The provider takes that minute, and answers nobody.
      const beginsMs = 838_000;
      const late = { kind: 'late', operation: 'confirm', ms: 900_000 + lateByMs - beginsMs, count: 100 } as const;
      const arm = (): void => void world.provider.behaviours.arm(late);
      world.actors.push(together(onceDeclined(order, beginsMs - 100, arm), paysAgain(order, beginsMs, GOOD_CARD)));
    },
    ending: lateByMs < 0 ? 'CONFIRMED' : 'CANCELLED (PAYMENT_DECLINED)',
  })),
  {
    name: 'the first decline is told while another card is charged, and no time is left for a third',
    paymentMethodId: DECLINED_CARD,
    allowPaymentRetry: true,
    faults: [{ point: 'webhook.payment_intent.payment_failed#1', mode: 'webhookDrop' }],
    play(world, order) {
      const beginsMs = 838_000;
      const slow = { kind: 'delay', operation: 'confirm', ms: 6_000 } as const;
      const arm = (): void => void world.provider.behaviours.arm(slow);
      world.actors.push(
        together(
          onceDeclined(order, beginsMs - 100, arm),
          paysAgain(order, beginsMs, GOOD_CARD),
          onceDeclined(order, beginsMs + 4_000, ({ provider }) => provider.resendWebhooks()),
        ),
      );
    },
    ending: 'CONFIRMED',
  },
  {
    name: 'a copy of an old attempt to charge comes while the customer is asked',
    paymentMethodId: CONFIRMING_CARD,
    faults: [
      { point: 'charge-payment#1', mode: 'repeatedLater' },
      { point: 'charge-payment/DynamoDB.PutItem(Payments)#1', mode: 'crashBefore' },
    ],
    // The customer takes longer than the copy, which so is the last that brings its token.
    play: (world, order) => void world.actors.push(customerConfirms(order, 60_000)),
    ending: 'CONFIRMED',
  },
  {
    name: 'a stranger says that the customer has paid',
    paymentMethodId: CONFIRMING_CARD,
    play(world, order) {
      const isAsked = (): boolean => world.provider.intents.list({ ...order, status: 'requires_action' }).length > 0;
      world.actors.push(once(isAsked, () => void forgedSuccess(world, order)));
    },
    ending: 'CANCELLED (CONFIRMATION_EXPIRED)',
  },
];

/** Plays a case to its rest. */
export async function playHardCase(lab: Lab, { faults = [], stock = ENOUGH, endsWithinMs, ...story }: HardCase) {
  const world = await lab.newWorld(faults);
  await world.stock(stock);
  const order = someOrder(story);
  await world.checkOut(order);
  await story.play(world, order);
  await world.untilAtRest();
  const snapshot = await snapshotOf(world);
  const [row] = snapshot.orders;
  const tookMs = Date.parse(String(row?.['updatedAt'])) - world.startedAtMs;
  const isSlow = endsWithinMs !== undefined && !(tookMs <= endsWithinMs);
  const violations: readonly Violation[] = [
    ...(isSlow ? [endsLate(order.orderId, `it takes ${tookMs} ms, expected at most ${endsWithinMs}`)] : []),
    ...checkInvariants(snapshot, true).violations,
  ];
  return { violations, ending: endingOf(row), missed: faults.length - world.injector.fired.size };
}

function endsLate(orderId: string, because: string): Violation {
  return { rule: 'L1', keys: { orderId }, because, rows: [] };
}
