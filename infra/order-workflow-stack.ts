import { type CfnElement, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { EVENT_CATALOG } from '../events/catalog.ts';
import type { EnvironmentSettings } from './config.ts';
import { AdminService } from './constructs/admin-service.ts';
import { Basket } from './constructs/basket.ts';
import { Catalog } from './constructs/catalog.ts';
import { Customers } from './constructs/customers.ts';
import { CursorSecret } from './constructs/cursor-secret.ts';
import { DeadLetterQueue } from './constructs/dead-letter-queue.ts';
import { EncryptionKey } from './constructs/encryption-key.ts';
import { EventBusWithArchive } from './constructs/event-bus-with-archive.ts';
import { GradualDeployment } from './constructs/gradual-deployment.ts';
import { Identity } from './constructs/identity.ts';
import { Inventory } from './constructs/inventory.ts';
import { MailDelivery } from './constructs/mail-delivery.ts';
import { Notifications } from './constructs/notifications.ts';
import { Observability } from './constructs/observability/observability.ts';
import { OrderMachine } from './constructs/order-machine.ts';
import { OperatorAccess } from './constructs/operator-access.ts';
import { OrderService } from './constructs/order-service.ts';
import { OrderMonitor } from './constructs/order-monitor.ts';
import { Ordering } from './constructs/ordering.ts';
import { Outbox } from './constructs/outbox.ts';
import { Payments } from './constructs/payments.ts';
import type { Platform } from './constructs/platform.ts';
import { ShopFunction } from './constructs/shop-function.ts';
import { Recovery } from './constructs/recovery.ts';
import { ShopHttpApi } from './constructs/shop-http-api.ts';
import { ShopTables } from './constructs/shop-tables.ts';
import { WebPage } from './constructs/web-page/web-page.ts';
import { deploymentParameters } from './deployment-parameters.ts';
import type { RestoredTables } from './restored-tables.ts';
import { shopRoutes } from './shop-routes.ts';
import { shopOutputs, type ShopParts } from './stack-outputs.ts';
import { stackTags } from './stack-tags.ts';
import { watchedQueues } from './watched-queues.ts';

export interface OrderWorkflowStackProps extends StackProps {
  readonly settings: EnvironmentSettings;
  /** Folder with the bundles of all functions. */
  readonly functionsFolder: string;
  /** Folder with the bundles' source maps, which a deployment archives; undefined: it archives none. */
  readonly sourceMapsFolder?: string;
  /** Folder of the workflows' definitions. */
  readonly definitionsFolder: string;
  /** Undefined: the stack works with its own tables. */
  readonly restored?: RestoredTables | undefined;
}

/**
 * The whole shop. Nothing in it depends on account, region or stack name before it is deployed, so that one
 * template serves them all and several stacks live in one account.
 */
export class OrderWorkflowStack extends Stack {
  constructor(scope: Construct, id: string, props: OrderWorkflowStackProps) {
    const { settings, functionsFolder, sourceMapsFolder, definitionsFolder, restored, ...stackProps } = props;
    super(scope, id, { terminationProtection: settings.keepsData, tags: stackTags(settings), ...stackProps });
    const platform: Platform = {
      settings,
      functionCode: Code.fromAsset(functionsFolder),
      encryptionKey: settings.customerManagedKey ? new EncryptionKey(this, 'Encryption', settings).key : undefined,
    };
    const { mailSender: sender, alarmEmail, paymentApiUrl, ...page } = deploymentParameters(this, settings);

    const sources = [...new Set(EVENT_CATALOG.map(({ event }) => event.source))].toSorted();
    const events = new EventBusWithArchive(this, 'Events', { platform, sources });
    const tables = new ShopTables(this, 'Tables', platform, restored);
    const undeliveredRuns = new DeadLetterQueue(this, 'UndeliveredRuns', platform);
    const outbox = new Outbox(this, 'Outbox', { platform, bus: events.bus, table: tables.outbox, undeliveredRuns });
    const cursorSecret = new CursorSecret(this, 'CursorSecret', platform);
    const inventory = new Inventory(this, 'Inventory', { platform, tables, cursorSecret });
    const delivery = new MailDelivery(this, 'MailDelivery', sender);
    const identity = new Identity(this, 'Identity', platform, delivery);
    const { allowedOrigins, ...address } = page;
    const api = new ShopHttpApi(this, 'HttpApi', { platform, allowedOrigins });
    const webPage = new WebPage(this, 'WebPage', {
      platform,
      address,
      backends: {
        api: api.api,
        customerSignIn: identity.customers.pagesHost,
        operatorSignIn: identity.operators.pagesHost,
      },
    });
    const signIn = identity.signInAt(webPage.url);
    const payments = new Payments(this, 'Payments', {
      platform,
      tables,
      undeliveredRuns,
      paymentApiUrl,
      paymentReturnUrl: webPage.returnUrl,
    });
    const ordering = new Ordering(this, 'Ordering', {
      platform,
      bus: events.bus,
      tables,
      inventory,
      payments,
      definitionsFolder,
    });
    const { saga, cancellation } = ordering;
    const returns = ordering.returns.machine;
    const monitor = new OrderMonitor(this, 'Monitor', {
      platform,
      tables,
      saga,
      cancellation,
      returns,
      undeliveredRuns,
    });
    const catalog = new Catalog(this, 'Catalog', { platform, tables, cursorSecret });
    const basket = new Basket(this, 'Basket', { platform, bus: events.bus, tables });
    const { userPool } = identity.customers;
    const customers = new Customers(this, 'Customers', { platform, tables, cursorSecret, userPool, undeliveredRuns });
    const orders = new OrderService(this, 'Orders', {
      platform,
      tables,
      cursorSecret,
      cancellation,
      returns,
    });
    const notifications = new Notifications(this, 'Notifications', {
      platform,
      bus: events.bus,
      tables,
      userPool,
      delivery,
    });
    const subscribers = [ordering.returns.accepted, basket.changes, notifications.orderEvents];
    const deadLetters = watchedQueues({ events, outbox, ordering, undeliveredRuns, basket, notifications });
    const admin = new AdminService(this, 'Admin', {
      platform,
      tables,
      cursorSecret,
      saga,
      cancellation,
      returns,
      payments,
      deadLetters,
      paymentApiUrl,
    });
    const recovery = new Recovery(this, 'Recovery', {
      platform,
      tables,
      saga,
      cancellation,
      payments,
      paymentApiUrl,
    });
    for (const route of shopRoutes({
      identity: signIn,
      catalog,
      inventory,
      basket,
      orders,
      payments,
      admin,
      customers,
    })) {
      api.addRoute(route);
    }
    const operators = new OperatorAccess(this, 'Operators', {
      functions: [
        admin.serve,
        orders.serve,
        inventory.serve,
        ordering.functions.decideParked,
        payments.checkWebhook,
        outbox.sweeper,
      ],
      tables: [tables.orders, tables.outbox],
      deadLetters: deadLetters.map(({ queue }) => queue),
      workQueues: [ordering.checkouts, ...subscribers, notifications.feedback].map(({ work }) => work.queue),
      events,
    });
    const parts: ShopParts = {
      operators,
      events,
      tables,
      outbox,
      payments,
      ordering,
      monitor,
      api,
      undeliveredRuns,
      subscribers,
      mailFeedback: notifications.feedback,
      deadLetters,
      admin,
      customers,
      identity,
      signIn,
      webPage,
      catalog,
      inventory,
      basket,
      orders,
      notifications,
      delivery,
      recovery,
    };
    const { ofDeployments } = new Observability(this, 'Observability', { platform, parts, alarmEmail });
    // What works with lost tables must not get a share of the work, nor an alarm that rings anyway a say.
    if (restored === undefined) this.deployGradually(settings, ofDeployments);
    this.output(shopOutputs(parts));
    if (sourceMapsFolder !== undefined) this.archiveSourceMaps(sourceMapsFolder);
  }

  private deployGradually({ gradualShift: shift }: EnvironmentSettings, alarms: readonly IAlarm[]): void {
    if (shift === undefined) return;
    const constructs = this.node.findAll();
    const machines = constructs.filter((each) => each instanceof OrderMachine);
    const steps = new Set(machines.flatMap((machine) => machine.steps));
    const functions = constructs.filter((each) => each instanceof ShopFunction).filter((each) => !steps.has(each));
    new GradualDeployment(this, 'GradualDeployment', { shift, machines, functions, alarms });
  }

  protected override allocateLogicalId(element: CfnElement): string {
    const owner = element.node.scopes.find((scope) => scope instanceof ShopFunction);
    return owner?.logicalIdOf(element) ?? super.allocateLogicalId(element);
  }

  /** Beside the code, in the bucket of the account's bootstrap: `orders symbolicate` reads a deployed stack with them. */
  private archiveSourceMaps(folder: string): void {
    this.output({ SourceMapsUrl: new Asset(this, 'SourceMaps', { path: folder }).s3ObjectUrl });
  }

  private output(values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) new CfnOutput(this, name, { value });
  }
}
