import { Duration } from 'aws-cdk-lib';
import { type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { ORDER_STEP } from './function-sizes.ts';
import type { Inventory } from './inventory.ts';
import { OrderFunctions } from './order-functions.ts';
import { allowOnExecutions, OrderMachine } from './order-machine.ts';
import type { Payments } from './payments.ts';
import type { Platform } from './platform.ts';
import { Returns } from './returns.ts';
import { ShopFunction } from './shop-function.ts';
import type { ShopTables } from './shop-tables.ts';
import { SubscribedQueue } from './subscribed-queue.ts';
import { STARTS_TRIED_FOR_HOURS } from './work-queue.ts';

export interface OrderingProps {
  readonly platform: Platform;
  readonly bus: IEventBus;
  readonly tables: ShopTables;
  readonly inventory: Inventory;
  readonly payments: Payments;
  /** Folder of the workflows' definitions. */
  readonly definitionsFolder: string;
}

/** From a checked-out basket to an order that is confirmed, cancelled, or waits for an operator. */
export class Ordering extends Construct {
  readonly functions: OrderFunctions;
  readonly saga: OrderMachine;
  /** Takes back what the saga has sold. */
  readonly cancellation: OrderMachine;
  /** Refunds what comes back of what was shipped. */
  readonly returns: Returns;
  readonly starter: ShopFunction;
  readonly checkouts: SubscribedQueue;
  /** Failed executions that could not even be parked. */
  readonly unparkedFailures: DeadLetterQueue;
  /** Parks the order of every execution that broke. */
  readonly executionFailed: Rule;

  constructor(scope: Construct, id: string, props: OrderingProps) {
    super(scope, id);
    const { platform, tables } = props;
    this.functions = new OrderFunctions(this, 'Functions', { platform, tables });
    this.saga = this.newSaga(props);
    this.cancellation = this.newCancellation(props);
    this.returns = new Returns(this, 'Returns', { ...props, park: this.functions.park });
    this.starter = this.newStarter(platform, tables);
    this.checkouts = new SubscribedQueue(this, 'Checkout', {
      platform,
      bus: props.bus,
      events: [BasketCheckedOut],
      replays: 'included',
      workerTimeout: this.starter.timeout,
      maxReceives: STARTS_TRIED_FOR_HOURS,
    });
    this.checkouts.workedBy(this.starter, { batchSize: 10, maxConcurrency: platform.settings.startConcurrency });
    this.unparkedFailures = new DeadLetterQueue(this, 'UnparkedFailures', platform);
    this.executionFailed = this.parkFailedExecutions();
  }

  private newSaga({ platform, definitionsFolder, inventory, payments }: OrderingProps): OrderMachine {
    const { create, confirm, stop, cancel, park } = this.functions;
    return new OrderMachine(this, 'Saga', {
      platform,
      name: 'order-saga',
      definitionsFolder,
      steps: {
        CreateOrder: create,
        ReserveInventory: inventory.reserve,
        ChargePayment: payments.charge,
        ConfirmOrder: confirm,
        StopOrder: stop,
        RefundPayment: payments.refund,
        ReleaseInventory: inventory.release,
        CancelOrder: cancel,
        ParkOrder: park,
      },
    });
  }

  private newCancellation({ platform, definitionsFolder, inventory, payments }: OrderingProps): OrderMachine {
    const { stopSale, cancel, park } = this.functions;
    return new OrderMachine(this, 'Cancellation', {
      platform,
      name: 'order-cancellation',
      definitionsFolder,
      steps: {
        StopSale: stopSale,
        RefundPayment: payments.refund,
        ReleaseInventory: inventory.release,
        CancelOrder: cancel,
        ParkOrder: park,
      },
    });
  }

  private newStarter(platform: Platform, { orders, outbox }: ShopTables): ShopFunction {
    const starter = new ShopFunction(this, 'StartOrderSaga', {
      ...ORDER_STEP,
      platform,
      service: 'orders',
      entry: 'start-order-saga',
      description: 'Starts one execution for each checked-out basket',
      environment: {
        STATE_MACHINE_ARN: this.saga.published.liveArn,
        ORDERS_TABLE: orders.name,
        OUTBOX_TABLE: outbox.name,
      },
    });
    starter.allow(['states:StartExecution'], this.saga.machine.stateMachineArn);
    allowOnExecutions(starter, 'order-saga', 'DescribeExecution'); // to compare a duplicate with the execution that stands
    orders.grant(starter, 'GetItem', 'PutItem', 'UpdateItem');
    outbox.grant(starter, 'PutItem');
    return starter;
  }

  /** An execution that ends other than SUCCEEDED broke on something of ours: its order must not be forgotten. */
  private parkFailedExecutions(): Rule {
    const { live } = this.functions.parkFailedExecution;
    const { queue } = this.unparkedFailures;
    this.functions.parkFailedExecution.allow(['sqs:SendMessage'], queue.queueArn);
    live.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: { bind: () => ({ destination: queue.queueArn }) },
    });
    return new Rule(this, 'ExecutionFailed', {
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [this.saga, this.cancellation, this.returns.machine].map(
            ({ machine }) => machine.stateMachineArn,
          ),
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      targets: [
        new LambdaFunction(live, { deadLetterQueue: queue, maxEventAge: Duration.hours(24), retryAttempts: 185 }),
      ],
    });
  }
}
