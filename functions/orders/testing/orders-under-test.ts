import { BasketCheckedOut } from '../../../events/basket-checked-out.ts';
import { aLambdaContext, aStockRow } from '../../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../../test/testing/dynamodb.ts';
import { startFakeAwsService, type FakeAwsService } from '../../../test/testing/fake-aws-service.ts';
import { send, type RequestTraits, type TestAnswer } from '../../../test/testing/http-events.ts';
import { outboxPut } from '../../platform/outbox.ts';
import type { SagaTask } from '../../platform/saga-task.ts';

export const CANCELLATION_MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:order-cancellation';

export const RETURN_MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:order-return';

type TaskName = 'closeReturn' | 'create' | 'reserve' | 'confirm' | 'stop' | 'stopSale' | 'release' | 'cancel' | 'park';

/** The order service on a real store, with the workflow and the secret as fakes that speak their protocols. */
export interface OrderWorld {
  readonly store: TestDynamoDb;
  readonly stepFunctions: FakeAwsService;
  /** Empties the tables and puts ten units of each SKU into stock. */
  reset(order: BasketCheckedOut): Promise<void>;
  request(routeKey: string, traits?: RequestTraits): Promise<TestAnswer>;
  run(task: TaskName, order: BasketCheckedOut, extra?: object): Promise<unknown>;
  /** Creates, reserves and confirms. */
  confirmed(order: BasketCheckedOut): Promise<void>;
  /** What checkout leaves: the event in the outbox, and no order yet. */
  accepted(order: BasketCheckedOut): Promise<void>;
  /** The payment's and the order's row of an order that waits for its customer. */
  awaitingCustomer(order: BasketCheckedOut): Promise<void>;
  orderRow(order: BasketCheckedOut): Promise<Record<string, unknown> | undefined>;
  /** Details of the order's events by their `seq`. */
  events(order: BasketCheckedOut): Promise<Record<string, unknown>[]>;
  stock(): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export async function startOrderWorld(): Promise<OrderWorld> {
  const store = await startTestDynamoDb();
  const stepFunctions = await startFakeAwsService('AWSStepFunctions');
  const secrets = await startFakeAwsService('secretsmanager');
  secrets.answer('GetSecretValue', () => ({ Name: 'cursors', SecretString: 'c'.repeat(32) }));
  Object.assign(process.env, store.environment, {
    AWS_ENDPOINT_URL_SFN: stepFunctions.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    CURSOR_SECRET_ID: 'cursors',
    CANCELLATION_STATE_MACHINE_ARN: CANCELLATION_MACHINE,
    RETURN_STATE_MACHINE_ARN: RETURN_MACHINE,
  });
  const { handler } = await import('../serve-orders.ts');
  const tasks: Record<TaskName, SagaTask> = {
    create: (await import('../create-order.ts')).handler,
    reserve: (await import('../../inventory/reserve-inventory.ts')).handler,
    confirm: (await import('../confirm-order.ts')).handler,
    stop: (await import('../stop-order.ts')).handler,
    stopSale: (await import('../stop-sale.ts')).handler,
    release: (await import('../../inventory/release-inventory.ts')).handler,
    cancel: (await import('../cancel-order.ts')).handler,
    closeReturn: (await import('../close-return.ts')).handler,
    park: (await import('../../parking/park-order.ts')).handler,
  };
  const { deployedJournal } = await import('../deployed-journal.ts');
  const { placedRecord } = await import('../order-record.ts');
  const { awaitCustomer } = await import('../order-steps.ts');
  const rowsOf = async (table: string, { orderId }: BasketCheckedOut) =>
    (await store.rows(table)).filter((row) => row['orderId'] === orderId);
  const run: OrderWorld['run'] = (task, order, extra = {}) =>
    tasks[task]({ order, executionArn: executionArnOf(order), ...extra }, aLambdaContext());
  return {
    store,
    stepFunctions,
    run,
    async reset({ lines }) {
      await store.clear();
      stepFunctions.reset();
      for (const operation of ['SendTaskSuccess', 'SendTaskFailure']) stepFunctions.answer(operation, () => ({}));
      // Nothing runs here: the steps are called one by one.
      for (const operation of ['DescribeExecution', 'DescribeStateMachineForExecution', 'GetExecutionHistory']) {
        stepFunctions.answer(operation, () => ({ error: 'ExecutionDoesNotExist' }));
      }
      stepFunctions.answer('StartExecution', () => ({ executionArn: 'arn', startDate: 1 }));
      await store.put(TEST_TABLES.STOCK_TABLE, ...lines.map(({ sku }) => aStockRow(sku, 10)));
    },
    request: (routeKey, traits) => send(handler, routeKey, traits),
    async confirmed(order) {
      for (const task of ['create', 'reserve', 'confirm'] as const) await run(task, order);
    },
    async accepted(order) {
      const item = outboxPut(TEST_TABLES.OUTBOX_TABLE, BasketCheckedOut, order, order.placedAt);
      await store.put(TEST_TABLES.OUTBOX_TABLE, item.Put?.Item ?? {});
    },
    async awaitingCustomer(order) {
      const confirmationUrl = 'https://payments.example.com/confirm/pi_1';
      await deployedJournal().record(placedRecord(order), awaitCustomer(order, confirmationUrl));
      await store.put(TEST_TABLES.PAYMENTS_TABLE, {
        orderId: order.orderId,
        state: 'AWAITING_CUSTOMER',
        amountMinor: order.totalMinor,
        currency: order.currency,
        paymentIntentId: 'pi_1',
        taskToken: 'token-1',
        attempt: 1,
        confirmationUrl,
        openState: 'OPEN',
        openSince: order.placedAt,
        updatedAt: order.placedAt,
      });
    },
    async orderRow(order) {
      return (await rowsOf(TEST_TABLES.ORDERS_TABLE, order)).find((row) => row['item'] === 'ORDER');
    },
    async events(order) {
      const rows = await rowsOf(TEST_TABLES.OUTBOX_TABLE, order);
      return rows
        .filter((row) => row['seq'] !== undefined)
        .toSorted((a, b) => Number(a['seq']) - Number(b['seq']))
        .map((row) => JSON.parse(String(row['detail'])) as Record<string, unknown>);
    },
    stock: () => store.rows(TEST_TABLES.STOCK_TABLE),
    async stop() {
      await Promise.all([stepFunctions.stop(), secrets.stop(), store.stop()]);
    },
  };
}

/** Of the saga that works on an order. */
export function executionArnOf({ orderId }: BasketCheckedOut): string {
  return `arn:aws:states:us-east-1:000000000000:execution:order-saga:${orderId}`;
}
