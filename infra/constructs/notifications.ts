import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IUserPool } from 'aws-cdk-lib/aws-cognito';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { FailedRefundSettled } from '../../events/failed-refund-settled.ts';
import { OrderCancelled } from '../../events/order-cancelled.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { OrderDelivered } from '../../events/order-delivered.ts';
import { OrderParked } from '../../events/order-parked.ts';
import { OrderRefunded } from '../../events/order-refunded.ts';
import { OrderShipped } from '../../events/order-shipped.ts';
import { ParcelCorrected } from '../../events/parcel-corrected.ts';
import { ParcelDelivered } from '../../events/parcel-delivered.ts';
import { ParcelShipped } from '../../events/parcel-shipped.ts';
import { PaymentActionRequired } from '../../events/payment-action-required.ts';
import { PaymentMethodRequired } from '../../events/payment-method-required.ts';
import { acknowledge } from './acknowledge.ts';
import { BATCH_WORKER } from './function-sizes.ts';
import type { EnvironmentSettings } from '../config.ts';
import type { MailDelivery } from './mail-delivery.ts';
import type { Platform } from './platform.ts';
import { ShopFunction } from './shop-function.ts';
import type { ShopTables } from './shop-tables.ts';
import { SubscribedQueue } from './subscribed-queue.ts';

export interface NotificationsProps {
  readonly platform: Platform;
  readonly bus: IEventBus;
  readonly tables: ShopTables;
  /** Knows which address of a customer is verified. */
  readonly userPool: IUserPool;
  readonly delivery: MailDelivery;
}

/** E-mails that tell customers what became of their orders. */
export class Notifications extends Construct {
  readonly sendMail: ShopFunction;
  readonly orderEvents: SubscribedQueue;
  readonly markUndeliverable: ShopFunction;
  /** What became of mails, as SES tells it. */
  readonly feedback: SubscribedQueue;

  constructor(scope: Construct, id: string, { platform, bus, tables, userPool, delivery }: NotificationsProps) {
    super(scope, id);
    this.sendMail = new ShopFunction(this, 'SendMail', {
      ...BATCH_WORKER,
      platform,
      service: 'notifications',
      entry: 'send-mail',
      description: 'Tells customers by e-mail what became of their orders',
      environment: {
        ORDER_CONTACTS_TABLE: tables.orderContacts.name,
        MAILS_TABLE: tables.mails.name,
        DELIVERIES_KEPT_DAYS: String(platform.settings.deliveryRetention.toDays()),
        MAIL_SENDER: delivery.sender,
        MAIL_CONFIGURATION_SET: delivery.configurationSetName,
        USER_POOL_ID: userPool.userPoolId,
      },
    });
    tables.orderContacts.grant(this.sendMail, 'GetItem');
    tables.mails.grant(this.sendMail, 'GetItem', 'PutItem', 'UpdateItem');
    this.sendMail.allow(['cognito-idp:AdminGetUser'], userPool.userPoolArn);
    this.allowSending(delivery, platform.settings);
    this.orderEvents = new SubscribedQueue(this, 'OrderEvents', {
      platform,
      bus,
      events: [
        PaymentActionRequired,
        PaymentMethodRequired,
        OrderConfirmed,
        OrderCancelled,
        OrderParked,
        FailedRefundSettled,
        OrderRefunded,
        ParcelShipped,
        ParcelCorrected,
        OrderShipped,
        ParcelDelivered,
        OrderDelivered,
      ],
      replays: 'excluded', // nobody wants last month's mails again
      workerTimeout: this.sendMail.timeout,
      maxReceives: 5,
    });
    // Two batches at a time stay below the 14 mails a second that a new account may send.
    this.orderEvents.workedBy(this.sendMail, { batchSize: 10, maxConcurrency: 2 });
    this.markUndeliverable = new ShopFunction(this, 'MarkUndeliverable', {
      ...BATCH_WORKER,
      platform,
      service: 'notifications',
      entry: 'mark-undeliverable',
      description: 'Remembers addresses that mails came back from, so that none follows',
      environment: { MAILS_TABLE: tables.mails.name },
    });
    tables.mails.grant(this.markUndeliverable, 'PutItem');
    this.feedback = this.feedbackOf(delivery, platform);
  }

  private feedbackOf(delivery: MailDelivery, platform: Platform): SubscribedQueue {
    const feedback = new SubscribedQueue(this, 'Feedback', {
      platform,
      bus: delivery.feedbackBus,
      // functions/notifications/mail-feedback.ts reads them.
      events: ['Email Bounced', 'Email Complaint Received'].map((detailType) => ({ source: 'aws.ses', detailType })),
      // The bus is the account's: another shop's mails are none of ours.
      content: { detail: { mail: { tags: { 'ses:configuration-set': [delivery.configurationSetName] } } } },
      replays: 'included',
      workerTimeout: this.markUndeliverable.timeout,
      maxReceives: 5,
    });
    feedback.workedBy(this.markUndeliverable, { batchSize: 10, maxConcurrency: 2 });
    return feedback;
  }

  /**
   * SES looks at the identity of the address where there is one, and at that of its domain otherwise; in its sandbox,
   * where a developer's account is, also at the identity of each recipient.
   */
  private allowSending(delivery: MailDelivery, { servesCustomers }: EnvironmentSettings): void {
    const { sender, domainIdentityArn, configurationSetArn } = delivery;
    const sends = ['ses:SendEmail'];
    this.sendMail.allow(sends, delivery.identityArn(sender), domainIdentityArn, configurationSetArn);
    if (servesCustomers) return;
    this.sendMail.role.addToPolicy(
      new PolicyStatement({
        actions: sends,
        resources: [delivery.identityArn('*')],
        conditions: { StringEquals: { 'ses:FromAddress': sender } },
      }),
    );
    acknowledge(
      this.sendMail.role,
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*]',
      'In the sandbox each recipient is an identity; the sender is fixed by a condition.',
    );
  }
}
