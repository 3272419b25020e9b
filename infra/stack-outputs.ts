import { WEBHOOK_PATH } from '../events/provider-events.ts';
import type { AdminService, WatchedQueue } from './constructs/admin-service.ts';
import type { Customers } from './constructs/customers.ts';
import type { Identity, PageIdentity } from './constructs/identity.ts';
import type { Notifications } from './constructs/notifications.ts';
import type { ObservedParts } from './constructs/observability/observed-parts.ts';
import type { OperatorAccess } from './constructs/operator-access.ts';
import type { Recovery } from './constructs/recovery.ts';
import type { WebPage } from './constructs/web-page/web-page.ts';

/** Everything that the stack is made of, as far as others must find it. */
export interface ShopParts extends ObservedParts {
  readonly operators: OperatorAccess;
  readonly admin: AdminService;
  readonly customers: Customers;
  readonly deadLetters: readonly WatchedQueue[];
  readonly identity: Identity;
  readonly signIn: PageIdentity;
  readonly webPage: WebPage;
  readonly notifications: Notifications;
  readonly recovery: Recovery;
}

/** What a tool needs to find the parts of a deployed shop. Output names are part of our contract with tools. */
export function shopOutputs(parts: ShopParts) {
  const { events, tables, outbox, payments, ordering, api, identity, basket } = parts;
  const { orders, notifications, monitor, admin, customers, deadLetters, webPage, signIn, recovery, inventory } = parts;
  const { checkouts, saga, cancellation, functions } = ordering;
  return {
    EventBusName: events.bus.eventBusName,
    ArchiveName: events.archive.archiveName,
    ArchiveArn: events.archiveArn,
    CheckoutRuleArn: checkouts.rule.ruleArn,
    CheckoutQueueUrl: checkouts.work.queue.queueUrl,
    ...Object.fromEntries(deadLetters.map(({ name, queue }) => [outputNameOf(name), queue.queueUrl])),
    StateMachineArn: saga.machine.stateMachineArn,
    CancellationStateMachineArn: cancellation.machine.stateMachineArn,
    ReturnStateMachineArn: ordering.returns.machine.machine.stateMachineArn,
    OrdersTableName: tables.orders.name,
    OutboxTableName: tables.outbox.name,
    StockTableName: tables.stock.name,
    ReservationsTableName: tables.reservations.name,
    PaymentsTableName: tables.payments.name,
    WebhookInboxTableName: tables.webhookInbox.name,
    IdempotencyTableName: tables.idempotency.name,
    ProductsTableName: tables.products.name,
    BasketsTableName: tables.baskets.name,
    OrderContactsTableName: tables.orderContacts.name,
    MailsTableName: tables.mails.name,
    StockChangesTableName: tables.stockChanges.name,
    ErasuresTableName: tables.erasures.name,
    ReturnsQueueUrl: ordering.returns.accepted.work.queue.queueUrl,
    BasketChangesQueueUrl: basket.changes.work.queue.queueUrl,
    MailFeedbackQueueUrl: notifications.feedback.work.queue.queueUrl,
    MailQueueUrl: notifications.orderEvents.work.queue.queueUrl,
    HttpApiUrl: api.url,
    UserPoolId: identity.customers.userPool.userPoolId,
    UserPoolClientId: identity.client.userPoolClientId,
    TokenIssuer: identity.issuer,
    OperatorRoleArn: parts.operators.role.roleArn,
    OperatorPolicyArn: parts.operators.policy.managedPolicyArn,
    OperatorPoolId: identity.operators.userPool.userPoolId,
    PageUrl: webPage.url,
    PageBucketName: webPage.bucket.bucketName,
    PageDistributionHost: webPage.distribution.distributionDomainName,
    PageDistributionId: webPage.distribution.distributionId,
    PageClientId: signIn.customers.client.userPoolClientId,
    SignInHost: signIn.customers.pagesHost,
    OperatorPageClientId: signIn.operators.client.userPoolClientId,
    OperatorSignInHost: signIn.operators.pagesHost,
    PaymentSecretArn: payments.secret.arn,
    PaymentWebhookUrl: `${api.url}${WEBHOOK_PATH.slice(1)}`, // the API's URL ends with the slash
    ServeOrdersFunctionName: orders.serve.name,
    ServeAdminFunctionName: admin.serve.name,
    ServeInventoryFunctionName: inventory.serve.name,
    ServeCustomersFunctionName: customers.serve.name,
    DecideParkedOrderFunctionName: functions.decideParked.name,
    PaymentWebhookFunctionName: payments.webhook.name,
    PollPaymentsFunctionName: payments.poll.name,
    FollowProviderEventsFunctionName: payments.followEvents.name,
    CheckWebhookFunctionName: payments.checkWebhook.name,
    SettleRestoredOrderFunctionName: recovery.settle.name,
    ComparePaymentFunctionName: recovery.compare.name,
    SweepOutboxFunctionName: outbox.sweeper.name,
    WatchOrdersFunctionName: monitor.watch.name,
    RelayOutboxFunctionName: outbox.relay.name,
  };
}

/** `bus-failures` is the output `BusFailuresQueueUrl`. */
function outputNameOf(queue: string): string {
  const words = queue.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}QueueUrl`;
}
