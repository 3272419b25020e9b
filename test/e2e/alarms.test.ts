import { setTimeout as delay } from 'node:timers/promises';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { followOrder, waitsForSomeone } from '../../cli/follow-order.ts';
import { publishCheckout } from '../../cli/publish-checkout.ts';
import type { System } from '../../cli/system.ts';
import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { signatureHeader } from '@order-workflow/payment-sandbox';
import { anOrder } from '../testing/builders.ts';
import { CloudWatch, type MetricValue } from '../testing/cloudwatch.ts';
import { restock } from '../testing/restock.ts';
import { startTestSystem } from '../testing/started-system.ts';
import { SteppedClock } from '../testing/stepped-clock.ts';

/**
 * Every alarm of the template, tripped by what it is there for. Where an alarm wants several periods in a row, the
 * earlier ones are put as values; so is the whole metric where it is AWS alone that measures it.
 *
 * The runtime's clock begins an hour late, so that an order started then is an hour old when it steps to the present.
 */

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const clock = new SteppedClock(-HOUR_MS);

let system: System;
let cloudWatch: CloudWatch;
const tripped = new Set<string>();

beforeAll(async () => {
  system = await startTestSystem({ clock });
  cloudWatch = new CloudWatch(system.runtime);
  await restock(system.deployment, { 'CUP-WHITE': 40 });
  await waitingOrder();
  clock.stepBy(HOUR_MS);
});
afterAll(() => system.stop());

/** Waits until the alarm rings; one that stays silent fails by the test's own time limit. */
async function stateOf(name: string): Promise<string> {
  tripped.add(name);
  for (;;) {
    const alarm = (await cloudWatch.alarms()).find(({ AlarmName }) => isNamed(AlarmName, name));
    if (alarm === undefined) throw new Error(`The template has no alarm ${name}`);
    if (alarm.StateValue === 'ALARM') return alarm.StateValue;
    await delay(50);
  }
}

/**
 * Trips the alarms until all of them ring: again in each new minute, since values that were put for the minutes before
 * are off by one when a minute ends meanwhile, and what is counted falls into two periods. Those that stay silent fail
 * by the test's own time limit.
 * @returns the names of those that ring.
 */
async function ringingAfter(trip: () => Promise<void>, ...names: readonly string[]): Promise<readonly string[]> {
  for (const name of names) tripped.add(name);
  for (;;) {
    const minute = minuteNow();
    await trip();
    while (minuteNow() === minute) {
      const alarms = (await cloudWatch.alarms()).filter(({ StateValue }) => StateValue === 'ALARM');
      const ringing = names.filter((name) => alarms.some(({ AlarmName }) => isNamed(AlarmName, name)));
      if (ringing.length === names.length) return ringing;
      await delay(50);
    }
  }
}

const minuteNow = (): number => Math.floor(clock.nowMs() / MINUTE_MS);

/** CloudFormation names an alarm `<stack>-<logical id>-<random>`, and the logical id ends in a hash. */
function isNamed(alarmName: string, name: string): boolean {
  return new RegExp(`Alarms${name}[0-9A-F]{8}-`).test(alarmName);
}

const output = (name: string): string => system.deployment.output(name);

async function invoke(functionOutput: string, payload: object = {}): Promise<void> {
  const call = { FunctionName: output(functionOutput), Payload: JSON.stringify(payload) };
  await system.deployment.lambda.send(new InvokeCommand(call));
}

/** The resource whose logical id begins like this: for what is no output of the stack. */
function resource(type: string, logicalIdPrefix: string): string {
  const found = Object.entries(system.runtime.resources).find(
    ([logicalId, { type: of }]) => of === type && logicalId.startsWith(logicalIdPrefix),
  );
  if (found === undefined) throw new Error(`The template has no ${type} ${logicalIdPrefix}`);
  return found[1].physicalId;
}

/** Stops or resumes what a function reads from. */
async function setReading(FunctionName: string, Enabled: boolean): Promise<void> {
  const { lambda } = system.deployment;
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));
  for (const { UUID } of EventSourceMappings) await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
}

/** An order whose customer must confirm, and does not. */
async function waitingOrder(): Promise<BasketCheckedOut> {
  const order = anOrder({
    orderId: ulid(),
    paymentMethodId: 'pm_card_threeDSecure2Required',
    lines: [{ sku: 'CUP-WHITE', quantity: 1 }],
  });
  await publishCheckout(system.deployment, order);
  await followOrder(system.deployment, order.orderId, { until: waitsForSomeone, timeoutMs: 60_000 });
  return order;
}

const outboxTable = () => ({ TableName: output('OutboxTableName') });
const sweeper = () => ({ FunctionName: output('SweepOutboxFunctionName') });
const watchOrders = () => ({ FunctionName: output('WatchOrdersFunctionName') });
const shopMetrics = (): string => `Shop/${system.runtime.stackName}`;
const put = (metric: Omit<MetricValue, 'nowMs'>): Promise<void> => cloudWatch.put({ ...metric, nowMs: clock.nowMs() });

/** The minutes before this one, for alarms that want several in a row. */
async function putBefore(name: string, value: number, minutesAgo: readonly number[]): Promise<void> {
  for (const ago of minutesAgo) await put({ namespace: shopMetrics(), name, value, minutesAgo: ago });
}

test.each(['JobsSilent', 'ProviderEventsUnfollowed'])(
  '%s: nothing has run for the hour that the clock stepped over',
  async (alarm) => {
    expect(await stateOf(alarm)).toBe('ALARM');
  },
);

// Once more when a period ends between what is put and what is asked.
test('nothing rings in a calm shop', { retry: 1 }, async () => {
  await put({ namespace: shopMetrics(), name: 'OldestUnfinishedOrderSeconds', value: 0 });
  await Promise.all(['SweepOutbox', 'PollPayments', 'FollowProviderEvents'].map((job) => invoke(`${job}FunctionName`)));
  await put({ namespace: 'AWS/Lambda', name: 'Invocations', value: 1, dimensions: watchOrders() });
  const ringing = (await cloudWatch.alarms()).filter(({ StateValue }) => StateValue === 'ALARM');
  expect(ringing).toEqual([]);
});

test('every alarm can be evaluated', async () => {
  const reasons = (await cloudWatch.alarms()).map(({ StateReason }) => StateReason);
  expect(reasons.filter((reason) => reason.includes('not evaluated'))).toEqual([]);
});

test.each([
  ['CheckoutDeadLetters', 'CheckoutDeadLetterQueueUrl'],
  ['CheckoutUndelivered', 'CheckoutUndeliveredQueueUrl'],
  ['BusFailures', 'BusFailuresQueueUrl'],
  ['RelayFailures', 'RelayFailuresQueueUrl'],
  ['UnparkedFailures', 'UnparkedFailuresQueueUrl'],
  ['UndeliveredRuns', 'UndeliveredRunsQueueUrl'],
  ['SubscriberDeadLetters', 'MailDeadLetterQueueUrl'],
])('%s: one message in its dead-letter queue', async (alarm, queue) => {
  await system.deployment.sqs.send(new SendMessageCommand({ QueueUrl: output(queue), MessageBody: '{}' }));
  expect(await stateOf(alarm)).toBe('ALARM');
});

test('SubscriberUndelivered: one message in the queue of what EventBridge could not deliver', async () => {
  const QueueUrl = output('MailUndeliveredQueueUrl');
  await system.deployment.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
  expect(await stateOf('SubscriberUndelivered')).toBe('ALARM');
});

test('OrdersUnfinished: an order has been on its way for an hour', async () => {
  const trip = async (): Promise<void> => {
    await putBefore('OldestUnfinishedOrderSeconds', 3500, [1, 2]);
    await invoke('WatchOrdersFunctionName');
  };
  expect(await ringingAfter(trip, 'OrdersUnfinished')).toEqual(['OrdersUnfinished']);
});

test('ExecutionsBroken and OrdersParked: somebody aborts an execution with a payment under way', async () => {
  const { orderId } = await waitingOrder();
  const executionArn = system.deployment.executionArn(orderId);
  await system.deployment.stepFunctions.send(new StopExecutionCommand({ executionArn }));
  expect(await Promise.all([stateOf('ExecutionsBroken'), stateOf('OrdersParked')])).toEqual(['ALARM', 'ALARM']);
});

test('MoneyAtRisk: the money of that order has been open for an hour', async () => {
  const fivesOfMinutes = Array.from({ length: 11 }, (_, index) => 5 * (index + 1));
  const trip = async (): Promise<void> => {
    await putBefore('MoneyAtRiskMinor', 1000, fivesOfMinutes);
    await invoke('WatchOrdersFunctionName');
  };
  expect(await ringingAfter(trip, 'MoneyAtRisk')).toEqual(['MoneyAtRisk']);
});

test('WebhooksForged: webhooks with wrong signatures', async () => {
  const trip = async (): Promise<void> => {
    for (let n = 0; n < 11; n += 1) expect(await sendWebhook('{}', 'whsec_wrong')).toBe(401);
  };
  expect(await ringingAfter(trip, 'WebhooksForged')).toEqual(['WebhooksForged']);
});

test('WebhooksUnmatched: an authentic webhook about nothing that we know', async () => {
  await sendWebhook('{"note":"no event"}', 'whsec_sandbox');
  expect(await stateOf('WebhooksUnmatched')).toBe('ALARM');
});

async function sendWebhook(body: string, secret: string): Promise<number> {
  const signature = signatureHeader(body, secret, Math.floor(Date.now() / 1000));
  const { status } = await fetch(`${system.runtime.httpApiUrl}/webhooks/payments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': signature },
    body,
  });
  return status;
}

test('JobsFailing: the relay is given what is no batch', async () => {
  const trip = async (): Promise<void> => {
    for (let n = 0; n < 3; n += 1) await invoke('RelayOutboxFunctionName');
  };
  expect(await ringingAfter(trip, 'JobsFailing')).toEqual(['JobsFailing']);
});

test('EventsSwept and OutboxStuck: the sweeper finds rows that have waited for long', async () => {
  await setReading(output('RelayOutboxFunctionName'), false);
  const trip = async (): Promise<void> => {
    await putOutboxRow(10 * MINUTE_MS);
    await putBefore('EventsSwept', 1, [5]);
    await putBefore('OutboxAgeSeconds', 540, [1, 2]);
    await invoke('SweepOutboxFunctionName');
  };
  expect(await ringingAfter(trip, 'EventsSwept', 'OutboxStuck')).toEqual(['EventsSwept', 'OutboxStuck']);
});

async function putOutboxRow(ageMs: number): Promise<void> {
  const eventId = `${ulid()}.Test`;
  await system.deployment.dynamoDb.send(
    new PutCommand({
      TableName: output('OutboxTableName'),
      Item: {
        eventId,
        source: 'test',
        detailType: 'Test.v1',
        detail: '{}',
        correlationId: 'c-1',
        createdAt: new Date(Date.now() - ageMs).toISOString(),
        pendingShard: 'PENDING#0',
      },
    }),
  );
}

test('OutboxUnread: events were written in two quarters of an hour, and a reader did not run', async () => {
  const events = { namespace: 'AWS/DynamoDB', name: 'ConsumedWriteCapacityUnits', dimensions: outboxTable() };
  const sweeps = { namespace: 'AWS/Lambda', name: 'Invocations', dimensions: sweeper() };
  for (const minutesAgo of [0, 20])
    for (const metric of [events, sweeps]) await put({ ...metric, value: 1, minutesAgo });
  expect(await stateOf('OutboxUnread')).toBe('ALARM');
});

test('OutboxBehind: the relay reads again after it stood still for minutes', async () => {
  clock.stepBy(3 * MINUTE_MS);
  const dimensions = { FunctionName: output('RelayOutboxFunctionName') };
  const behind = { namespace: 'AWS/Lambda', name: 'IteratorAge', dimensions, value: 100_000 };
  for (const minutesAgo of [1, 2]) await put({ ...behind, minutesAgo });
  await setReading(output('RelayOutboxFunctionName'), true);
  expect(await stateOf('OutboxBehind')).toBe('ALARM');
});

test('CheckoutsWaiting: nobody takes a checkout for minutes', async () => {
  await setReading(resource('AWS::Lambda::Function', 'OrdersStartOrderSaga'), false);
  await publishCheckout(system.deployment, anOrder({ orderId: ulid() }));
  clock.stepBy(3 * MINUTE_MS);
  expect(await stateOf('CheckoutsWaiting')).toBe('ALARM');
});

test('ReturnsWaiting: nobody takes an accepted return for minutes', async () => {
  await setReading(resource('AWS::Lambda::Function', 'OrdersStartOrderReturn'), false);
  const QueueUrl = resource('AWS::SQS::Queue', 'OrderingReturnsAcceptedWorkQueue');
  await system.deployment.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
  clock.stepBy(3 * MINUTE_MS);
  expect(await stateOf('ReturnsWaiting')).toBe('ALARM');
});

test('ApiErrors: the catalogue’s table is gone', async () => {
  await system.deployment.dynamoDb.send(new DeleteTableCommand({ TableName: output('ProductsTableName') }));
  const trip = async (): Promise<void> => {
    for (let n = 0; n < 6; n += 1) {
      const { status } = await fetch(`${system.runtime.httpApiUrl}/products`);
      expect(status).toBeGreaterThanOrEqual(500);
    }
  };
  expect(await ringingAfter(trip, 'ApiErrors')).toEqual(['ApiErrors']);
});

test('ChargesUnknown: more than ten in five minutes', async () => {
  await put({ namespace: shopMetrics(), name: 'ChargesUnknown', value: 11 });
  expect(await stateOf('ChargesUnknown')).toBe('ALARM');
});

test('PaymentCallsLimited: more than sixty a minute, for five minutes', async () => {
  for (const minutesAgo of [0, 1, 2, 3, 4, 5]) {
    await put({ namespace: shopMetrics(), name: 'PaymentCallsLimited', value: 61, minutesAgo });
  }
  expect(await stateOf('PaymentCallsLimited')).toBe('ALARM');
});

test('StockContention and IdempotencyStoreErrors: what only DynamoDB of AWS measures', async () => {
  const stock = { TableName: output('StockTableName') };
  for (const minutesAgo of [0, 1, 2, 3, 4, 5]) {
    const conflicts = { namespace: 'AWS/DynamoDB', name: 'TransactionConflict', dimensions: stock, value: 150 };
    await put({ ...conflicts, minutesAgo });
  }
  expect(await stateOf('StockContention')).toBe('ALARM');
  const idempotency = { TableName: output('IdempotencyTableName'), Operation: 'PutItem' };
  await put({ namespace: 'AWS/DynamoDB', name: 'ThrottledRequests', dimensions: idempotency, value: 11 });
  expect(await stateOf('IdempotencyStoreErrors')).toBe('ALARM');
});

test.each([
  ['FunctionsThrottled', 'AWS/Lambda', 'Throttles', () => ({ FunctionName: output('ServeOrdersFunctionName') })],
  ['StepsFailing', 'AWS/Lambda', 'Errors', () => ({ FunctionName: output('DecideParkedOrderFunctionName') })],
  [
    'ReturnsFailing',
    'AWS/Lambda',
    'Errors',
    () => ({ FunctionName: resource('AWS::Lambda::Function', 'OrdersCloseReturn') }),
  ],
  ['ReadsThrottled', 'AWS/DynamoDB', 'ReadThrottleEvents', () => ({ TableName: output('ProductsTableName') })],
  ['TablesThrottled', 'AWS/DynamoDB', 'WriteThrottleEvents', () => ({ TableName: output('OrdersTableName') })],
  ['EventsUndeliverable', 'AWS/Events', 'FailedInvocations', checkoutRule],
  ['EventsNotSetAside', 'AWS/Events', 'InvocationsFailedToBeSentToDlq', checkoutRule],
  ['OrdersCancelledByFaults', undefined, 'OrdersCancelled', () => ({ service: 'orders', Reason: 'INTERNAL_ERROR' })],
])('%s: what AWS, or a broken step, measures', async (alarm, namespace, name, dimensions) => {
  await put({ namespace: namespace ?? shopMetrics(), name, dimensions: dimensions(), value: 11 });
  expect(await stateOf(alarm)).toBe('ALARM');
});

function checkoutRule(): Record<string, string> {
  return { EventBusName: output('EventBusName'), RuleName: output('CheckoutRuleArn').split('/').at(-1)! };
}

test('MailReputation: one mail in ten bounces', async () => {
  const set = resource('AWS::SES::ConfigurationSet', 'MailDelivery');
  await put({
    namespace: 'AWS/SES',
    name: 'Reputation.BounceRate',
    dimensions: { 'ses:configuration-set': set },
    value: 0.1,
  });
  expect(await stateOf('MailReputation')).toBe('ALARM');
});

test('no alarm of the template was left out', async () => {
  const names = (await cloudWatch.alarms()).map(({ AlarmName }) => AlarmName);
  expect(names.filter((alarmName) => ![...tripped].some((name) => isNamed(alarmName, name)))).toEqual([]);
});
