import { Construct } from 'constructs';
import { ORDER_STEP } from './function-sizes.ts';
import {
  allowOnExecutions,
  allowTaskAnswers,
  liveMachineArn,
  ORDER_MACHINES,
  orderMachineArn,
} from './order-machine.ts';
import type { Platform } from './platform.ts';
import { ShopFunction, type ShopFunctionProps } from './shop-function.ts';
import type { ShopTables } from './shop-tables.ts';

export interface OrderFunctionsProps {
  readonly platform: Platform;
  readonly tables: ShopTables;
}

/** What is particular to one of the functions; the rest is the same for all. */
type Particulars = Pick<ShopFunctionProps, 'entry' | 'description'> & Partial<Pick<ShopFunctionProps, 'environment'>>;

/** The functions that own an order's row: each makes one transition, with its history and its event. */
export class OrderFunctions extends Construct {
  readonly create: ShopFunction;
  readonly confirm: ShopFunction;
  readonly stop: ShopFunction;
  readonly stopSale: ShopFunction;
  readonly cancel: ShopFunction;
  readonly park: ShopFunction;
  readonly parkFailedExecution: ShopFunction;
  readonly decideParked: ShopFunction;
  private readonly platform: Platform;
  private readonly tables: ShopTables;

  constructor(scope: Construct, id: string, { platform, tables }: OrderFunctionsProps) {
    super(scope, id);
    this.platform = platform;
    this.tables = tables;
    const reservations = { RESERVATIONS_TABLE: tables.reservations.name };
    const exposure = { ...reservations, PAYMENTS_TABLE: tables.payments.name };
    this.create = this.journalWriter('CreateOrder', {
      entry: 'create-order',
      description: 'Writes the order down as pending',
    });
    this.confirm = this.journalWriter('ConfirmOrder', {
      entry: 'confirm-order',
      description: 'Confirms and commits the stock',
      environment: reservations,
    });
    this.stop = this.journalWriter('StopOrder', {
      entry: 'stop-order',
      description: 'Decides that the order will be cancelled',
      environment: exposure,
    });
    this.stopSale = this.journalWriter('StopSale', {
      entry: 'stop-sale',
      description: 'Takes a confirmed order back before it is shipped',
    });
    this.cancel = this.journalWriter('CancelOrder', {
      entry: 'cancel-order',
      description: 'Cancels the order after everything is undone',
    });
    this.park = this.journalWriter('ParkOrder', {
      entry: 'park-order',
      description: 'Leaves the order to an operator',
      environment: exposure,
    });
    this.parkFailedExecution = this.journalWriter('ParkFailedExecution', {
      entry: 'park-failed-execution',
      description: 'Leaves an order whose execution failed to an operator',
      environment: exposure,
    });
    this.decideParked = this.newFunction('DecideParkedOrder', {
      entry: 'decide-parked-order',
      description: 'Carries out what an operator decided',
      environment: {
        ORDERS_TABLE: tables.orders.name,
        OUTBOX_TABLE: tables.outbox.name,
        PAYMENTS_TABLE: tables.payments.name,
        CANCELLATION_STATE_MACHINE_ARN: liveMachineArn(this, 'order-cancellation'),
        RETURN_STATE_MACHINE_ARN: liveMachineArn(this, 'order-return'),
      },
    });
    this.grant(tables);
  }

  /** A function that makes transitions of orders. */
  private journalWriter(id: string, { environment, ...particulars }: Particulars): ShopFunction {
    const { orders, outbox } = this.tables;
    const journal = { ORDERS_TABLE: orders.name, OUTBOX_TABLE: outbox.name };
    const writer = this.newFunction(id, { ...particulars, environment: { ...journal, ...environment } });
    orders.grant(writer, 'GetItem', 'PutItem', 'UpdateItem');
    outbox.grant(writer, 'PutItem');
    return writer;
  }

  private newFunction(id: string, { environment = {}, ...particulars }: Particulars): ShopFunction {
    const { platform } = this;
    return new ShopFunction(this, id, { platform, service: 'orders', ...particulars, environment, ...ORDER_STEP });
  }

  private grant({ orders, outbox, reservations, payments }: ShopTables): void {
    reservations.grant(this.confirm, 'UpdateItem');
    // An order that was never begun ends with the tombstones of what would be undone.
    reservations.grant(this.stop, 'PutItem');
    payments.grant(this.stop, 'PutItem');
    for (const parker of [this.park, this.parkFailedExecution]) {
      reservations.grant(parker, 'GetItem');
      payments.grant(parker, 'GetItem');
    }
    orders.grant(this.decideParked, 'GetItem', 'UpdateItem');
    outbox.grant(this.decideParked, 'PutItem');
    payments.grant(this.decideParked, 'UpdateItem');
    // A refund that came to nothing is made by another execution.
    for (const machine of ['order-cancellation', 'order-return'] as const) {
      this.decideParked.allow(['states:StartExecution'], orderMachineArn(this, machine));
    }
    for (const machine of ORDER_MACHINES) {
      allowTaskAnswers(this.decideParked, machine, 'Success');
      allowOnExecutions(this.decideParked, machine, 'RedriveExecution');
    }
  }
}
