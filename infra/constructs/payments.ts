import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import { BACKGROUND_JOB, ORDER_STEP, PAYMENT_STEP } from './function-sizes.ts';
import { JobSchedule } from './job-schedule.ts';
import { allowTaskAnswers } from './order-machine.ts';
import { PaymentSecret } from './payment-secret.ts';
import type { Platform } from './platform.ts';
import { ShopFunction } from './shop-function.ts';
import type { ShopTables } from './shop-tables.ts';

/** Two lists in each run: 8,640 reads in thirty days, of the 10,000 that Stripe allots at least (decision 28). */
export const FOLLOW_EVERY = Duration.minutes(10);

export interface PaymentsProps {
  readonly platform: Platform;
  readonly tables: ShopTables;
  /** Base URL of the payment provider's API. */
  readonly paymentApiUrl: string;
  /** Page that the provider sends a customer to who has confirmed a payment. */
  readonly paymentReturnUrl: string;
  /** Where runs of scheduled jobs end that could not be delivered. */
  readonly undeliveredRuns: DeadLetterQueue;
}

/** Charges orders, gives money back, and learns from the provider what became of a payment. */
export class Payments extends Construct {
  readonly charge: ShopFunction;
  /** Over HTTP, for a customer whose first method was declined. */
  readonly payOrder: ShopFunction;
  readonly refund: ShopFunction;
  readonly refundReturn: ShopFunction;
  readonly webhook: ShopFunction;
  readonly poll: ShopFunction;
  readonly followEvents: ShopFunction;
  /** For operators: nothing of the shop calls it. */
  readonly checkWebhook: ShopFunction;
  readonly secret: PaymentSecret;

  constructor(scope: Construct, id: string, { platform, tables, undeliveredRuns, ...props }: PaymentsProps) {
    super(scope, id);
    this.secret = new PaymentSecret(this, 'Secret', platform);
    const common = { platform, service: 'payments' };
    const environment = {
      PAYMENTS_TABLE: tables.payments.name,
      PAYMENT_API_URL: props.paymentApiUrl,
      PAYMENT_SECRET_ID: this.secret.arn,
    };
    const inbox = {
      WEBHOOK_INBOX_TABLE: tables.webhookInbox.name,
      DELIVERIES_KEPT_DAYS: String(platform.settings.deliveryRetention.toDays()),
    };
    const orderTables = { ORDERS_TABLE: tables.orders.name, OUTBOX_TABLE: tables.outbox.name };
    this.charge = new ShopFunction(this, 'ChargePayment', {
      ...common,
      ...PAYMENT_STEP,
      entry: 'charge-payment',
      description: 'Charges an order once, or learns that it cannot be charged',
      environment: {
        ...environment,
        ...orderTables,
        PAYMENT_RETURN_URL: props.paymentReturnUrl,
      },
    });
    this.payOrder = new ShopFunction(this, 'PayOrder', {
      ...common,
      ...PAYMENT_STEP,
      entry: 'pay-order',
      description: 'Lets a customer pay with another method after a decline',
      environment: { ...environment, ...orderTables, PAYMENT_RETURN_URL: props.paymentReturnUrl },
    });
    this.refund = new ShopFunction(this, 'RefundPayment', {
      ...common,
      ...PAYMENT_STEP,
      entry: 'refund-payment',
      description: 'Cancels or refunds an order’s payment, or leaves a tombstone',
      environment: {
        ...environment,
        ORDERS_TABLE: tables.orders.name,
        IDEMPOTENCY_TABLE: tables.idempotency.name,
      },
    });
    this.refundReturn = new ShopFunction(this, 'RefundReturn', {
      ...common,
      ...PAYMENT_STEP,
      entry: 'refund-return',
      description: 'Gives back what a return of a shipped order is worth',
      environment: { ...environment, ORDERS_TABLE: tables.orders.name },
    });
    this.webhook = new ShopFunction(this, 'PaymentWebhook', {
      ...common,
      ...ORDER_STEP,
      entry: 'payment-webhook',
      description: 'Takes what the payment provider tells about a payment',
      environment: {
        ...environment,
        ...orderTables,
        ...inbox,
      },
    });
    this.poll = new ShopFunction(this, 'PollPayments', {
      ...common,
      ...BACKGROUND_JOB,
      entry: 'poll-payments',
      description: 'Asks the provider about payments that wait for their customers',
      environment: { ...environment, ...orderTables },
    });
    this.followEvents = new ShopFunction(this, 'FollowProviderEvents', {
      ...common,
      ...BACKGROUND_JOB,
      entry: 'follow-provider-events',
      description: 'Finds in the provider’s list of events what no webhook has told',
      environment: { ...environment, ...orderTables, ...inbox },
    });
    this.checkWebhook = new ShopFunction(this, 'CheckWebhook', {
      ...common,
      ...BACKGROUND_JOB,
      entry: 'check-webhook',
      description: 'Compares the provider’s webhook endpoint with what the code reads',
      environment: { PAYMENT_API_URL: props.paymentApiUrl, PAYMENT_SECRET_ID: this.secret.arn },
    });
    this.secret.grantRead(this.checkWebhook);
    this.grant(tables);
    const undelivered = undeliveredRuns;
    new JobSchedule(this, 'PollEveryMinute', { job: this.poll, undelivered });
    new JobSchedule(this, 'FollowEvents', { job: this.followEvents, every: FOLLOW_EVERY, undelivered });
  }

  private grant({ payments, orders, outbox, webhookInbox, idempotency }: ShopTables): void {
    const settlers = [this.charge, this.payOrder, this.webhook, this.poll, this.followEvents];
    for (const worker of [...settlers, this.refund, this.refundReturn]) {
      this.secret.grantRead(worker);
      payments.grant(worker, 'GetItem', 'UpdateItem');
    }
    // An event may leave a row for an order that is charged before it exists.
    for (const writer of [this.charge, this.refund, this.webhook, this.followEvents]) payments.grant(writer, 'PutItem');
    idempotency.grant(this.refund, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem');
    for (const answerer of settlers) allowTaskAnswers(answerer, 'order-saga', 'Success', 'Failure');
    for (const refunder of [this.refund, this.refundReturn]) orders.grant(refunder, 'GetItem');
    // An event may park an order whose payment a person must look at.
    for (const writer of settlers) {
      orders.grant(writer, 'GetItem', 'PutItem', 'UpdateItem');
      outbox.grant(writer, 'PutItem');
    }
    // An attempt begins only while its order waits.
    orders.grant(this.payOrder, 'ConditionCheckItem');
    webhookInbox.grant(this.webhook, 'PutItem', 'UpdateItem');
    webhookInbox.grant(this.followEvents, 'GetItem', 'PutItem', 'UpdateItem');
    payments.grantIndexQuery(this.poll, 'OpenIndex');
  }
}
