import { Construct } from 'constructs';
import { ORDER_STEP } from './function-sizes.ts';
import { allowOnExecutions, allowTaskAnswers } from './order-machine.ts';
import type { Platform } from './platform.ts';
import { ShopFunction } from './shop-function.ts';
import type { ShopTables } from './shop-tables.ts';

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

  constructor(scope: Construct, id: string, platform: Platform, tables: ShopTables) {
    super(scope, id);
    this.platform = platform;
    this.tables = tables;
    const reservations = { RESERVATIONS_TABLE: tables.reservations.name };
    const exposure = { ...reservations, PAYMENTS_TABLE: tables.payments.name };
    this.create = this.journalWriter('CreateOrder', 'create-order', 'Writes the order down as pending');
    this.confirm = this.journalWriter('ConfirmOrder', 'confirm-order', 'Confirms and commits the stock', reservations);
    this.stop = this.journalWriter('StopOrder', 'stop-order', 'Decides that the order will be cancelled');
    this.stopSale = this.journalWriter('StopSale', 'stop-sale', 'Takes a confirmed order back before it is shipped');
    this.cancel = this.journalWriter('CancelOrder', 'cancel-order', 'Cancels the order after everything is undone');
    this.park = this.journalWriter('ParkOrder', 'park-order', 'Leaves the order to an operator', exposure);
    this.parkFailedExecution = this.journalWriter(
      'ParkFailedExecution',
      'park-failed-execution',
      'Leaves an order whose execution failed to an operator',
      exposure,
    );
    this.decideParked = this.newFunction(
      'DecideParkedOrder',
      'decide-parked-order',
      'Carries out what an operator decided',
      {
        ORDERS_TABLE: tables.orders.name,
      },
    );
    this.grant(tables);
  }

  /** A function that makes transitions of orders. */
  private journalWriter(
    id: string,
    entry: string,
    description: string,
    environment: Readonly<Record<string, string>> = {},
  ): ShopFunction {
    const { orders, outbox } = this.tables;
    const writer = this.newFunction(id, entry, description, {
      ORDERS_TABLE: orders.name,
      OUTBOX_TABLE: outbox.name,
      ...environment,
    });
    orders.grant(writer, 'GetItem', 'PutItem', 'UpdateItem');
    outbox.grant(writer, 'PutItem');
    return writer;
  }

  private newFunction(
    id: string,
    entry: string,
    description: string,
    environment: Readonly<Record<string, string>>,
  ): ShopFunction {
    const { platform } = this;
    return new ShopFunction(this, id, { platform, service: 'orders', entry, description, environment, ...ORDER_STEP });
  }

  private grant({ orders, reservations, payments }: ShopTables): void {
    reservations.grant(this.confirm, 'UpdateItem');
    for (const parker of [this.park, this.parkFailedExecution]) {
      reservations.grant(parker, 'GetItem');
      payments.grant(parker, 'GetItem');
    }
    orders.grant(this.decideParked, 'GetItem', 'UpdateItem');
    for (const machine of ['order-saga', 'order-cancellation'] as const) {
      allowTaskAnswers(this.decideParked, machine, 'Success');
      allowOnExecutions(this.decideParked, machine, 'RedriveExecution');
    }
  }
}
