import { Construct } from 'constructs';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import { BACKGROUND_JOB } from './function-sizes.ts';
import { JobSchedule } from './job-schedule.ts';
import type { OrderMachine } from './order-machine.ts';
import type { Platform } from './platform.ts';
import { ShopFunction } from './shop-function.ts';
import type { ShopTables } from './shop-tables.ts';

export interface OrderMonitorProps {
  readonly platform: Platform;
  readonly tables: ShopTables;
  readonly saga: OrderMachine;
  readonly cancellation: OrderMachine;
  readonly returns: OrderMachine;
  /** Where runs of scheduled jobs end that could not be delivered. */
  readonly undeliveredRuns: DeadLetterQueue;
}

/** Measures every minute what is open: the oldest unfinished order, parked orders and their money. */
export class OrderMonitor extends Construct {
  readonly watch: ShopFunction;

  constructor(scope: Construct, id: string, { platform, tables, undeliveredRuns, ...machines }: OrderMonitorProps) {
    super(scope, id);
    const sagaArn = machines.saga.machine.stateMachineArn;
    const cancellationArn = machines.cancellation.machine.stateMachineArn;
    const returnArn = machines.returns.machine.stateMachineArn;
    this.watch = new ShopFunction(this, 'WatchOrders', {
      ...BACKGROUND_JOB,
      platform,
      service: 'orders',
      entry: 'watch-orders',
      description: 'Measures what is open: the oldest unfinished order, parked orders and their money',
      environment: {
        ORDERS_TABLE: tables.orders.name,
        STATE_MACHINE_ARN: sagaArn,
        CANCELLATION_STATE_MACHINE_ARN: cancellationArn,
        RETURN_STATE_MACHINE_ARN: returnArn,
      },
    });
    tables.orders.grant(this.watch, 'BatchGetItem');
    tables.orders.grantIndexQuery(this.watch, 'ParkedIndex');
    this.watch.allow(['states:ListExecutions'], sagaArn, cancellationArn, returnArn);
    new JobSchedule(this, 'WatchEveryMinute', { job: this.watch, undelivered: undeliveredRuns });
  }
}
