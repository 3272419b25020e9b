import { canonicalJson } from '../../../events/canonical-json.ts';
import { OrderParked } from '../../../events/order-parked.ts';
import { anOrder } from '../../../test/testing/builders.ts';
import { TEST_TABLES, type TestDynamoDb } from '../../../test/testing/dynamodb.ts';
import type { FakeAwsService } from '../../../test/testing/fake-aws-service.ts';
import { startOrderWorld, type OrderWorld } from '../../orders/testing/orders-under-test.ts';

type Row = Record<string, unknown>;

/** The one order of these tests: 7300 minor units of EUR, two lines. */
export const order = anOrder();
export const executionArn = `arn:aws:states:us-east-1:000000000000:execution:order-saga:${order.orderId}`;

/** Parking on a real store, with the workflow as a fake that speaks its protocol. */
export interface ParkingWorld {
  readonly store: TestDynamoDb;
  readonly stepFunctions: FakeAwsService;
  /** Empties the tables and puts the order's products into stock. */
  reset(): Promise<void>;
  run(task: Parameters<OrderWorld['run']>[0], extra?: object): Promise<unknown>;
  park(step: string, taskToken: string, errorName?: string): Promise<unknown>;
  /** The request as it comes. */
  decide(request: unknown): Promise<unknown>;
  decideOn(decision: string, step?: string, extra?: object): Promise<unknown>;
  parkFailedExecution(event: unknown): Promise<void>;
  /** Tells that the order's execution ended with this status. */
  broke(status: string, input?: string): Promise<void>;
  /** Writes the row of the order's payment. */
  charged(state?: string): Promise<void>;
  /** Takes the order to where its workflow begins to undo it. */
  stoppedOrder(): Promise<void>;
  orderRows(): Promise<Row[]>;
  orderRow(): Promise<Row | undefined>;
  parkedRow(step?: string): Promise<Row | undefined>;
  /** Details of OrderParked by their `seq`. */
  parkedEvents(): Promise<Row[]>;
  stop(): Promise<void>;
}

export async function startParkingWorld(): Promise<ParkingWorld> {
  const orders = await startOrderWorld();
  const { store, stepFunctions } = orders;
  const { handler: parkFailedExecution } = await import('../park-failed-execution.ts');
  const { handler: decide } = await import('../decide-parked-order.ts');
  const run: ParkingWorld['run'] = (task, extra) => orders.run(task, order, extra);
  const orderRows = (): Promise<Row[]> => store.rows(TEST_TABLES.ORDERS_TABLE);
  return {
    store,
    stepFunctions,
    run,
    decide,
    parkFailedExecution,
    orderRows,
    async reset() {
      await orders.reset(order);
      stepFunctions.answer('RedriveExecution', () => ({ redriveDate: 1 }));
    },
    park: (step, taskToken, error = 'States.TaskFailed') => run('park', { step, error, taskToken }),
    decideOn: (decision, step = 'Refund payment', extra = { evidence: 're_1' }) =>
      decide({ orderId: order.orderId, step, decision, actor: 'carol', ...extra }),
    broke: (status, input = canonicalJson(order)) => parkFailedExecution(statusChange(status, input)),
    charged: (state = 'CHARGED') =>
      store.put(TEST_TABLES.PAYMENTS_TABLE, {
        orderId: order.orderId,
        state,
        amountMinor: 7300,
        currency: 'EUR',
        updatedAt: order.placedAt,
      }),
    async stoppedOrder() {
      await run('create');
      await run('reserve');
      await run('stop', { failedStep: 'Charge payment', error: 'PaymentOutcomeUnknown' });
    },
    orderRow: async () => (await orderRows()).find((row) => row['item'] === 'ORDER'),
    parkedRow: async (step = 'Refund payment') => (await orderRows()).find((row) => row['item'] === `PARKED#${step}`),
    async parkedEvents() {
      const rows = await store.rows(TEST_TABLES.OUTBOX_TABLE);
      return rows
        .filter((row) => row['detailType'] === OrderParked.detailType)
        .map((row) => JSON.parse(String(row['detail'])) as Row)
        .toSorted((a, b) => Number(a['seq']) - Number(b['seq']));
    },
    stop: () => orders.stop(),
  };
}

function statusChange(status: string, input: string): object {
  return {
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    detail: { executionArn, status, input, error: status === 'FAILED' ? 'States.Runtime' : null, cause: null },
  };
}
