import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fault } from './faults.ts';
import { Lab } from './lab.ts';
import { runScenario } from './run-scenario.ts';
import { scenarioNamed } from './single-faults.ts';

/** Bugs that other order workflows have, each played here: what it would break must hold. */
interface FieldBug {
  readonly bug: string;
  readonly scenario: string;
  readonly faults: readonly Fault[];
  readonly ending: string;
}

const fault = (point: string, mode: Fault['mode']): Fault => ({ point, mode });

const BUGS: readonly FieldBug[] = [
  {
    bug: 'B1: a message is deleted before its work is done, and the work dies',
    scenario: 'confirmed',
    faults: [fault('start-order-saga/StepFunctions.StartExecution#1', 'crashBefore')],
    ending: 'CONFIRMED',
  },
  {
    bug: 'B2: a second delivery of a checkout makes a second order',
    scenario: 'confirmed',
    faults: [fault('queue.start-order-saga#1', 'duplicated')],
    ending: 'CONFIRMED',
  },
  {
    bug: 'B4: a charge that was made and not answered is never refunded',
    scenario: 'confirmed',
    faults: [fault('charge-payment/payment.confirm#1', 'crashAfter'), fault('charge-payment#2', 'permanentError')],
    ending: 'CANCELLED (INTERNAL_ERROR)',
  },
  {
    bug: 'B5: an event that the bus did not take is taken for published',
    scenario: 'confirmed',
    faults: [fault('relay-outbox/EventBridge.PutEvents#2', 'refusedForLong')],
    ending: 'CONFIRMED',
  },
  {
    bug: 'B6: charged, then the status is not written, then charged again under a new key',
    scenario: 'confirmed',
    faults: [fault('charge-payment/DynamoDB.UpdateItem(Payments)#1', 'crashBefore')],
    ending: 'CONFIRMED',
  },
  {
    bug: 'B7: a reservation that failed is given back all the same',
    scenario: 'out of stock',
    faults: [fault('stop-order#1', 'permanentError'), fault('release-inventory#1', 'duplicated')],
    ending: 'CANCELLED (OUT_OF_STOCK)',
  },
  {
    bug: 'B8: a step that ran out of time after the debit ends the workflow without a refund',
    scenario: 'confirmed',
    faults: [fault('confirm-order#1', 'timeoutWithoutEffect'), fault('confirm-order#2', 'permanentError')],
    ending: 'CANCELLED (INTERNAL_ERROR)',
  },
  {
    bug: 'B9: a payment that succeeded fails for ever because its answer was lost',
    scenario: 'confirmed',
    faults: [fault('charge-payment/payment.confirm#1', 'dropAfter')],
    ending: 'CONFIRMED',
  },
  {
    bug: 'B11: one throttle rolls a whole order back',
    scenario: 'confirmed',
    faults: [fault('reserve-inventory#1', 'throttled')],
    ending: 'CONFIRMED',
  },
  {
    bug: 'B14: a refund that fails for good skips the release',
    scenario: 'declined',
    faults: [fault('refund-payment#1', 'permanentError')],
    ending: 'parked REFUND_FAILED',
  },
  {
    bug: 'B16: a reservation that timed out after its effect stays held',
    scenario: 'confirmed',
    faults: [fault('reserve-inventory#1', 'timeoutWithEffect'), fault('reserve-inventory#2', 'permanentError')],
    ending: 'CANCELLED (INTERNAL_ERROR)',
  },
  {
    bug: 'B17: a late copy of a checkout resets its order',
    scenario: 'confirmed',
    faults: [fault('relay-outbox/EventBridge.PutEvents#1', 'answerLost')],
    ending: 'CONFIRMED',
  },
  {
    bug: 'B18: stock that is reserved after the order was given up is held for good',
    scenario: 'confirmed',
    faults: [
      fault('reserve-inventory/DynamoDB.TransactWriteItems(Reservations,Stock)#1', 'lateEffect'),
      fault('reserve-inventory#2', 'permanentError'),
    ],
    ending: 'CANCELLED (INTERNAL_ERROR)',
  },
  {
    bug: 'B19: a record that cannot be published blocks the stream, or is forgotten',
    scenario: 'confirmed',
    faults: [fault('relay-outbox/EventBridge.PutEvents#2', 'throttledForLong')],
    ending: 'CONFIRMED',
  },
  {
    bug: 'B20: a confirmation that comes late undoes a cancellation',
    scenario: 'cancelled while running',
    faults: [fault('webhook.payment_intent.canceled#1', 'webhookDelay')],
    ending: 'CANCELLED (CANCELLED_BY_CUSTOMER)',
  },
  {
    bug: 'B21: a second answer to a step skips the next one',
    scenario: 'customer must confirm',
    faults: [fault('payment-webhook/StepFunctions.SendTaskSuccess#1', 'duplicated')],
    ending: 'CONFIRMED',
  },
  {
    bug: 'B22: an undo that fails once is given up',
    scenario: 'declined',
    faults: [fault('release-inventory#1', 'crashBefore')],
    ending: 'CANCELLED (PAYMENT_DECLINED)',
  },
  {
    bug: 'a webhook that comes late, and whose function dies as it holds the order, is never heard of again',
    scenario: 'disputed by the bank',
    faults: [
      fault('webhook.charge.dispute.created#1', 'webhookDelay'),
      fault('payment-webhook/DynamoDB.GetItem(Orders)#2', 'crashAfter'),
    ],
    ending: 'parked PAYMENT_DISPUTED',
  },
  {
    bug: 'a webhook that is overtaken, and whose function dies as it stores the event, is never heard of again',
    scenario: 'disputed after our refund',
    faults: [
      fault('webhook.charge.dispute.created#1', 'webhookReorder'),
      fault('payment-webhook/DynamoDB.PutItem(WebhookInbox)#3', 'lateEffect'),
    ],
    ending: 'parked PAYMENT_DISPUTED',
  },
  {
    bug: 'one wrong answer of the provider files a dispute as nobody’s',
    scenario: 'disputed by the bank',
    faults: [fault('payment-webhook/payment.retrieve#1', 'wrongOrder')],
    ending: 'parked PAYMENT_DISPUTED',
  },
];

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open();
  await runScenario(lab, scenarioNamed('confirmed'), []);
});
afterAll(() => lab.close());

test.each(BUGS)('immune to $bug', async ({ scenario, faults, ending }) => {
  const run = await runScenario(lab, scenarioNamed(scenario), faults);
  expect(run.violations.map(({ rule, because }) => `${rule} ${because}`)).toEqual([]);
  expect(run.ending).toBe(ending);
  expect(run.fired.size).toBe(faults.length);
});
