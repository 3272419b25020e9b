import { Duration } from 'aws-cdk-lib';
import type { IUserPool } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { CursorSecret } from './cursor-secret.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import { BACKGROUND_JOB, BATCH_WORKER } from './function-sizes.ts';
import { JobSchedule } from './job-schedule.ts';
import type { Platform } from './platform.ts';
import { ShopFunction } from './shop-function.ts';
import type { ShopTables } from './shop-tables.ts';

export interface CustomersProps {
  readonly platform: Platform;
  readonly tables: ShopTables;
  readonly cursorSecret: CursorSecret;
  readonly userPool: IUserPool;
  /** Where runs of scheduled jobs end that could not be delivered. */
  readonly undeliveredRuns: DeadLetterQueue;
}

/** What is known of a person: exported to them, and erased when they or an operator ask for it. */
export class Customers extends Construct {
  readonly serve: ShopFunction;
  readonly resume: ShopFunction;

  constructor(scope: Construct, id: string, props: CustomersProps) {
    super(scope, id);
    const { platform, tables, cursorSecret, userPool, undeliveredRuns } = props;
    const shared = {
      ORDERS_TABLE: tables.orders.name,
      ORDER_CONTACTS_TABLE: tables.orderContacts.name,
      STOCK_CHANGES_TABLE: tables.stockChanges.name,
      BASKETS_TABLE: tables.baskets.name,
      ERASURES_TABLE: tables.erasures.name,
      USER_POOL_ID: userPool.userPoolId,
    };
    this.serve = new ShopFunction(this, 'ServeCustomers', {
      ...BATCH_WORKER, // a customer may have many orders
      platform,
      service: 'customers',
      entry: 'serve-customers',
      description: 'Exports what is known of a person, and erases it',
      environment: { ...shared, OUTBOX_TABLE: tables.outbox.name, CURSOR_SECRET_ID: cursorSecret.arn },
    });
    this.resume = new ShopFunction(this, 'ResumeErasures', {
      ...BACKGROUND_JOB,
      platform,
      service: 'customers',
      entry: 'resume-erasures',
      description: 'Finishes erasures that were interrupted',
      environment: shared,
    });
    cursorSecret.grantRead(this.serve);
    for (const eraser of [this.serve, this.resume]) this.letErase(eraser, tables, userPool);
    // The gate that closes a basket is written with the record, in one transaction.
    tables.erasures.grant(this.serve, 'GetItem', 'PutItem', 'UpdateItem');
    tables.baskets.grant(this.serve, 'GetItem', 'PutItem');
    tables.outbox.grant(this.serve, 'GetItem');
    tables.orders.grant(this.serve, 'BatchGetItem');
    tables.erasures.grant(this.resume, 'GetItem', 'UpdateItem');
    tables.erasures.grantIndexQuery(this.resume, 'OpenIndex');
    // Nobody waits for it: what the law gives is a month.
    const every = Duration.hours(1);
    new JobSchedule(this, 'ResumeEveryHour', { job: this.resume, every, undelivered: undeliveredRuns });
  }

  private letErase(eraser: ShopFunction, tables: ShopTables, userPool: IUserPool): void {
    tables.orders.grant(eraser, 'Query', 'UpdateItem');
    tables.stockChanges.grant(eraser, 'Query', 'UpdateItem');
    tables.orders.grantIndexQuery(eraser, 'CustomerIndex');
    tables.orderContacts.grant(eraser, 'BatchGetItem', 'DeleteItem');
    tables.baskets.grant(eraser, 'DeleteItem', 'Query');
    eraser.allow(['cognito-idp:AdminDeleteUser', 'cognito-idp:AdminGetUser'], userPool.userPoolArn);
  }
}
