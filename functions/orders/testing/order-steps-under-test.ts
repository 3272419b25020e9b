import type { BasketCheckedOut } from '../../../events/basket-checked-out.ts';
import { OrderCancelled } from '../../../events/order-cancelled.ts';
import { aLambdaContext } from '../../../test/testing/builders.ts';
import { startTestDynamoDb, TEST_TABLES, type TestDynamoDb } from '../../../test/testing/dynamodb.ts';
import type { SagaTask } from '../../platform/saga-task.ts';
import type { OrderJournal } from '../order-journal.ts';
import { placedRecord } from '../order-record.ts';
import { awaitCustomer } from '../order-steps.ts';
import { executionArnOf } from './orders-under-test.ts';

type Row = Record<string, unknown>;
type Tasks = Readonly<Record<'create' | 'confirm' | 'stop' | 'cancel' | 'reserve' | 'release', SagaTask>>;

/** The saga's steps on one order and a real store, without anything else of the order service. */
export class StepWorld {
  readonly order: BasketCheckedOut;
  readonly executionArn: string;
  readonly store: TestDynamoDb;
  readonly tasks: Tasks;
  readonly journal: OrderJournal;

  private constructor(order: BasketCheckedOut, parts: Pick<StepWorld, 'store' | 'tasks' | 'journal'>) {
    this.order = order;
    this.executionArn = executionArnOf(order);
    this.store = parts.store;
    this.tasks = parts.tasks;
    this.journal = parts.journal;
  }

  static async start(order: BasketCheckedOut): Promise<StepWorld> {
    const store = await startTestDynamoDb();
    Object.assign(process.env, store.environment);
    const tasks = {
      create: (await import('../create-order.ts')).handler,
      confirm: (await import('../confirm-order.ts')).handler,
      stop: (await import('../stop-order.ts')).handler,
      cancel: (await import('../cancel-order.ts')).handler,
      reserve: (await import('../../inventory/reserve-inventory.ts')).handler,
      release: (await import('../../inventory/release-inventory.ts')).handler,
    };
    const journal = (await import('../deployed-journal.ts')).deployedJournal();
    return new StepWorld(order, { store, tasks, journal });
  }

  /** Empties the tables and puts ten units of each of the order's SKUs into stock. */
  async reset(): Promise<void> {
    await this.store.clear();
    await this.store.put(
      TEST_TABLES.STOCK_TABLE,
      ...this.order.lines.map(({ sku }) => ({ sku, available: 10, onHold: 0, version: 1 })),
    );
  }

  run(task: keyof Tasks, extra: object = {}, command = this.order): Promise<unknown> {
    return this.tasks[task]({ order: command, executionArn: this.executionArn, ...extra }, aLambdaContext());
  }

  stopAfter(errorName: string, failedStep = 'Charge payment'): Promise<unknown> {
    return this.run('stop', { failedStep, error: errorName });
  }

  /** What the charge notes when the customer must confirm. */
  askCustomer() {
    const step = awaitCustomer(this.order, 'https://payments.example.com/confirm/pi_1');
    return this.journal.record(placedRecord(this.order), step, { executionArn: this.executionArn });
  }

  ordersRows(): Promise<Row[]> {
    return this.store.rows(TEST_TABLES.ORDERS_TABLE);
  }

  async orderRow(): Promise<Row | undefined> {
    return (await this.ordersRows()).find((row) => row['item'] === 'ORDER');
  }

  /** Version and status of each change of the order. */
  async history(): Promise<unknown[][]> {
    const rows = (await this.ordersRows()).filter((row) => String(row['item']).startsWith('HISTORY#'));
    return rows.map((row) => [row['version'], row['status']]).toSorted();
  }

  /** `seq` and detail type of each event in the outbox. */
  async events(): Promise<unknown[][]> {
    const rows = await this.store.rows(TEST_TABLES.OUTBOX_TABLE);
    return rows.map((row) => [row['seq'], row['detailType']]).toSorted();
  }

  /** The detail of the event that says that the order was cancelled. */
  async cancelled(): Promise<Row> {
    const rows = await this.store.rows(TEST_TABLES.OUTBOX_TABLE);
    const event = rows.find((row) => row['detailType'] === OrderCancelled.detailType);
    return JSON.parse(String(event?.['detail'])) as Row;
  }

  async reservation(): Promise<unknown> {
    return (await this.store.rows(TEST_TABLES.RESERVATIONS_TABLE))[0]?.['state'];
  }
}
