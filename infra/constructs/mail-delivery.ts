import { Fn, Stack } from 'aws-cdk-lib';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import {
  CloudWatchDimensionSource,
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailSendingEvent,
  EventDestination,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';

/** What SES tells of a mail after it took it; the metrics are in `AWS/SES`, by kind of mail. */
const COUNTED = [
  EmailSendingEvent.SEND,
  EmailSendingEvent.DELIVERY,
  EmailSendingEvent.BOUNCE,
  EmailSendingEvent.COMPLAINT,
  EmailSendingEvent.REJECT,
  EmailSendingEvent.DELIVERY_DELAY,
];

/**
 * How mails leave: what becomes of them is counted, and an address that bounced or complained gets none any more, for
 * SES keeps a list of them and drops mails to it (SES developer guide, "suppression list").
 */
export class MailDelivery extends Construct {
  readonly sender: string;
  /** Where SES tells of mails that came back, and of complaints. */
  readonly feedbackBus: IEventBus;
  private readonly configurationSet: ConfigurationSet;

  /** @param sender address that mails come from; its domain must be a verified identity of SES. */
  constructor(scope: Construct, id: string, sender: string) {
    super(scope, id);
    this.sender = sender;
    this.configurationSet = new ConfigurationSet(this, 'ConfigurationSet', {
      reputationMetrics: true,
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
    });
    this.configurationSet.addEventDestination('Metrics', {
      events: COUNTED,
      destination: EventDestination.cloudWatchDimensions([
        { source: CloudWatchDimensionSource.MESSAGE_TAG, name: 'kind', defaultValue: 'account' },
      ]),
    });
    // SES takes the default bus alone (API reference, EventBridgeDestination).
    this.feedbackBus = EventBus.fromEventBusName(this, 'FeedbackBus', 'default');
    this.configurationSet.addEventDestination('Feedback', {
      events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT],
      destination: EventDestination.eventBus(this.feedbackBus),
    });
  }

  get configurationSetName(): string {
    return this.configurationSet.configurationSetName;
  }

  get configurationSetArn(): string {
    return this.arnOf('configuration-set', this.configurationSetName);
  }

  get domainIdentityArn(): string {
    return this.identityArn(Fn.select(1, Fn.split('@', this.sender)));
  }

  /** @param name a domain, an address, or `*`. */
  identityArn(name: string): string {
    return this.arnOf('identity', name);
  }

  private arnOf(resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({ service: 'ses', resource, resourceName });
  }
}
