import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../events/canonical-json.ts';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { anOrder, anOrderId } from '../../test/testing/builders.ts';
import { TEST_TABLES } from '../../test/testing/dynamodb.ts';
import { problemOf } from '../../test/testing/problems.ts';
import { SAGA_MACHINE, startAdminWorld, type AdminWorld } from './testing/admin-under-test.ts';

const order = anOrder();
let world: AdminWorld;

beforeAll(async () => {
  world = await startAdminWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  world.sqs.reset();
  await world.reset(order);
});

describe('the list of what is to be packed', () => {
  const address = { name: 'Zoë', line1: '1 Tea Lane', postalCode: '10115', city: 'Berlin', country: 'DE' };
  const list = (query: Record<string, string> = {}) => world.get('/admin/shipments', { query });
  /** One product of a checkout that told its name, and one of another system that did not. */
  const withNames = {
    ...order,
    lines: order.lines.map((line) => (line.sku === 'CUP-WHITE' ? { ...line, name: 'White cup' } : line)),
  };

  test('gives the address, the lines with their names, and the version to ship by', async () => {
    await world.confirmed(withNames);
    await world.store.put(TEST_TABLES.ORDER_CONTACTS_TABLE, {
      orderId: order.orderId,
      customerId: 'alice',
      email: 'alice@example.com',
      shippingAddress: address,
    });
    const { status, body } = await list({ state: 'to-ship' });
    expect(status).toBe(200);
    expect(body).toEqual({
      shipments: [
        {
          orderId: order.orderId,
          version: 2,
          placedAt: order.placedAt,
          customerId: 'alice',
          shippingAddress: address,
          lines: [
            { sku: 'TEAPOT-BLUE', quantity: 1 },
            { sku: 'CUP-WHITE', name: 'White cup', quantity: 4 },
          ],
          parcels: 0,
        },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('alice@example.com');
  });

  test('says which order must not leave before somebody looked at its payment', async () => {
    await world.confirmed(order);
    await world.store.put(TEST_TABLES.PAYMENTS_TABLE, { orderId: order.orderId, hold: 'DISPUTED' });
    expect((await list()).body).toMatchObject({ shipments: [{ hold: 'DISPUTED' }] });
  });

  test('leaves out what is not confirmed yet, what has left, and what was cancelled', async () => {
    const [pending, confirmed, stopped, undone] = [1, 2, 3, 4].map((n) => anOrder({ orderId: anOrderId(n) }));
    await world.run('create', pending!);
    await world.run('create', stopped!);
    await world.run('stop', stopped!, { failedStep: 'Charge payment', error: 'PaymentDeclined' });
    await world.confirmed(confirmed!);
    await world.confirmed(undone!);
    await world.run('stopSale', undone!, { reason: 'CANCELLED_BY_CUSTOMER', actor: 'alice' });
    expect((await list()).body.shipments).toMatchObject([{ orderId: confirmed!.orderId }]);
  });

  test('begins with the one that waits longest, page by page', async () => {
    const placed = [3, 1, 2].map((n) => ({
      ...anOrder({ orderId: anOrderId(n), lines: [{ sku: 'CUP-WHITE', quantity: 1 }] }),
      placedAt: `2026-01-1${n}T09:30:00.000Z`,
    }));
    for (const one of placed) await world.confirmed(one);
    const first = await list({ limit: '2' });
    const second = await list({ limit: '2', cursor: first.body.nextCursor });
    const seen = [...first.body.shipments, ...second.body.shipments].map(({ orderId }) => orderId);
    expect(seen).toEqual([1, 2, 3].map(anOrderId));
    expect(second.body).not.toHaveProperty('nextCursor');
  });

  test('has one state', async () => {
    expect(problemOf(await list({ state: 'shipped' }))).toBe('400 VALIDATION_FAILED');
  });
});

describe('dead letters', () => {
  function message(detail: unknown): object {
    const { source, detailType } = BasketCheckedOut;
    const Body = JSON.stringify({ source, 'detail-type': detailType, detail });
    const MD5OfBody = createHash('md5').update(Body).digest('hex');
    const Attributes = { SentTimestamp: '1768469400000', ApproximateReceiveCount: '6' };
    return { MessageId: 'm-1', ReceiptHandle: 'r', Attributes, Body, MD5OfBody };
  }

  test('are shown as what they are and why they are there, and nothing of their content', async () => {
    world.sqs.answer('GetQueueAttributes', () => ({ Attributes: { ApproximateNumberOfMessages: '1' } }));
    world.sqs.answer('ReceiveMessage', () => ({ Messages: [message({ ...order, currency: 'secret@example.com' })] }));
    const { body } = await world.get('/admin/dead-letters');
    expect(body.queues).toEqual([
      {
        name: 'checkout-dead-letter',
        kind: 'unworked',
        visible: 1,
        inFlight: 0,
        messages: [
          {
            messageId: 'm-1',
            sentAt: '2026-01-15T09:30:00.000Z',
            receives: 6,
            subject: 'BasketCheckedOut.v1 from shop.basket',
            orderId: order.orderId,
            reasons: [expect.stringContaining('invalid currency')],
          },
        ],
      },
    ]);
    expect(JSON.stringify(body)).not.toContain('secret@example.com');
    for (const { operation, input } of world.sqs.calls) {
      expect(input).toMatchObject({
        QueueUrl: world.queueUrl,
        ...(operation === 'ReceiveMessage' && { VisibilityTimeout: 0 }),
      });
    }
  });

  test('of an empty queue are not asked for', async () => {
    world.sqs.answer('GetQueueAttributes', () => ({ Attributes: { ApproximateNumberOfMessagesNotVisible: '2' } }));
    const { body } = await world.get('/admin/dead-letters');
    expect(body.queues).toMatchObject([{ visible: 0, inFlight: 2, messages: [] }]);
    expect(world.sqs.calls.map(({ operation }) => operation)).toEqual(['GetQueueAttributes']);
  });
});

describe('the trace of an order', () => {
  const trace = (orderId: string = order.orderId) =>
    world.get('/admin/orders/{orderId}/trace', { params: { orderId } });
  const sagaArn = `${SAGA_MACHINE.replace('stateMachine', 'execution')}:${order.orderId}`;
  const definition = JSON.stringify({
    StartAt: 'Create order',
    States: {
      'Create order': { Type: 'Task', Next: 'Charge payment' },
      'Charge payment': {
        Type: 'Task',
        Retry: [{ ErrorEquals: ['StoreUnavailable'], IntervalSeconds: 2, BackoffRate: 2, JitterStrategy: 'FULL' }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Stop order' }],
        End: true,
      },
      'Stop order': { Type: 'Pass', End: true },
    },
  });

  /** Answers for the saga only; of no other execution does anybody know. */
  function sagaRuns(status: string, events: readonly object[]): void {
    const forSaga = (answer: object) => (input: Readonly<Record<string, unknown>>) =>
      input['executionArn'] === sagaArn ? answer : { error: 'ExecutionDoesNotExist' };
    const { stepFunctions } = world;
    stepFunctions.answer('DescribeExecution', forSaga({ executionArn: sagaArn, status, startDate: 1_768_469_400 }));
    stepFunctions.answer('DescribeStateMachineForExecution', forSaga({ definition }));
    stepFunctions.answer('GetExecutionHistory', forSaga({ events }));
  }
  const entered = (id: number, name: string) => ({
    id,
    previousEventId: id - 1,
    timestamp: 1_768_469_400 + id,
    type: 'TaskStateEntered',
    stateEnteredEventDetails: { name, input: '{}' },
  });
  const event = (id: number, type: string, details: object = {}) => ({
    id,
    previousEventId: id - 1,
    timestamp: 1_768_469_400 + id,
    type,
    ...details,
  });

  test('of an order that nobody knows does not exist', async () => {
    expect(problemOf(await trace(anOrderId(5)))).toBe('404 ORDER_NOT_FOUND');
    expect(problemOf(await trace('nonsense'))).toBe('400 VALIDATION_FAILED');
  });

  test('begins with the checkout, before the saga has', async () => {
    await world.accepted(order);
    const { body } = await trace();
    expect(body).toMatchObject({
      journey: [],
      workflows: [],
      events: [{ detailType: 'BasketCheckedOut.v1' }],
      books: { verdict: 'OPEN', text: 'taken 0 − returned 0 = 0; held 0 …' },
    });
    expect(body).not.toHaveProperty('order');
  });

  test('shows a step between two attempts with the next try, as its definition has it', async () => {
    await world.run('create', order);
    const failed = { taskFailedEventDetails: { error: 'StoreUnavailable', cause: 'busy' } };
    sagaRuns('RUNNING', [
      entered(1, 'Charge payment'),
      event(2, 'TaskScheduled'),
      event(3, 'TaskFailed', failed),
      event(4, 'TaskScheduled'),
      event(5, 'TaskFailed', failed),
    ]);
    const { body } = await trace();
    expect(body.workflows).toMatchObject([
      {
        name: 'order-saga',
        status: 'RUNNING',
        steps: [
          {
            name: 'Charge payment',
            state: 'retrying',
            attempts: [{ error: 'StoreUnavailable', cause: 'busy' }, { error: 'StoreUnavailable' }],
            nextTry: { attempt: 3, earliestAt: '2026-01-15T09:30:05.000Z', latestAt: '2026-01-15T09:30:09.000Z' },
          },
        ],
        graph: {
          startAt: 'Create order',
          transitions: [
            { from: 'Create order', to: 'Charge payment', kind: 'next' },
            { from: 'Charge payment', to: 'Stop order', kind: 'catch', errors: ['States.ALL'] },
          ],
        },
      },
    ]);
    expect(body.books.verdict).toBe('OPEN');
  });

  test('shows a step that waits for an answer, and one that was caught', async () => {
    await world.run('create', order);
    const failed = { taskFailedEventDetails: { error: 'PaymentDeclined' } };
    sagaRuns('RUNNING', [entered(1, 'Charge payment'), event(2, 'TaskScheduled'), event(3, 'TaskSubmitted')]);
    expect((await trace()).body.workflows[0].steps).toMatchObject([{ state: 'waiting' }]);
    sagaRuns('RUNNING', [
      entered(1, 'Charge payment'),
      event(2, 'TaskScheduled'),
      event(3, 'TaskFailed', failed),
      event(4, 'TaskStateExited', { stateExitedEventDetails: { name: 'Charge payment', output: '{}' } }),
    ]);
    expect((await trace()).body.workflows[0].steps).toMatchObject([{ state: 'failed', exitedAt: expect.any(String) }]);
  });

  test('shows money, stock, events and mails, without a token and without a person', async () => {
    await world.confirmed(order);
    await world.store.put(TEST_TABLES.PAYMENTS_TABLE, {
      orderId: order.orderId,
      state: 'CHARGED',
      amountMinor: 7300,
      currency: 'EUR',
      paymentIntentId: 'pi_1',
      taskToken: 'a-secret-token',
      updatedAt: order.placedAt,
    });
    await world.store.put(TEST_TABLES.MAILS_TABLE, {
      eventId: `${order.orderId}.OrderConfirmed`,
      orderId: order.orderId,
      kind: 'OrderConfirmed',
      state: 'SENT',
      messageId: 'm-1',
      sentAt: order.placedAt,
    });
    const { body } = await trace();
    expect(body).toMatchObject({
      order: { status: 'CONFIRMED', customerId: 'alice', totalMinor: 7300 },
      journey: [
        { version: 1, status: 'PENDING' },
        { version: 2, status: 'CONFIRMED' },
      ],
      payment: { state: 'CHARGED', paymentIntentId: 'pi_1' },
      providerError: expect.stringContaining('PaymentUnavailable'),
      reservation: { state: 'COMMITTED' },
      stock: [
        { sku: 'CUP-WHITE', available: 6, onHold: 4 },
        { sku: 'TEAPOT-BLUE', available: 9, onHold: 1 },
      ],
      events: [{ detailType: 'OrderPlaced.v1' }, { detailType: 'OrderConfirmed.v1' }],
      mails: [{ kind: 'OrderConfirmed', state: 'SENT' }],
      books: { verdict: 'AGREE', keptMinor: 7300, heldUnits: 5, text: 'taken 73.00 − returned 0 = 73.00; held 5 ✓' },
    });
    expect(canonicalJson(body)).not.toMatch(/a-secret-token|messageId/);
  });

  test('shows what is parked, and what was decided', async () => {
    await world.run('create', order);
    await world.run('park', order, { step: 'Refund payment', error: 'RefundFailed', taskToken: 'token-9' });
    const { body } = await trace();
    expect(body).toMatchObject({
      parked: [{ step: 'Refund payment', reason: 'REFUND_FAILED', isOpen: true, decisions: [] }],
      books: { verdict: 'OPEN' },
    });
    expect(canonicalJson(body)).not.toContain('token-9');
  });
});
