import { Aws, Stack } from 'aws-cdk-lib';
import { Archive, CfnArchive, CfnEventBus, EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { cfnResourceOf, pinLogicalId, type Platform } from './platform.ts';

export interface EventBusWithArchiveProps {
  readonly platform: Platform;
  /** What is archived: events of these sources. */
  readonly sources: readonly string[];
}

/** The bus of the shop's events. What was on it can be replayed for as long as the environment says. */
export class EventBusWithArchive extends Construct {
  readonly bus: IEventBus;
  readonly archive: Archive;
  /** Events that the bus took and could not encrypt or decrypt: they are nowhere else. */
  readonly busFailures: DeadLetterQueue;

  constructor(scope: Construct, id: string, { platform, sources }: EventBusWithArchiveProps) {
    super(scope, id);
    const { settings, encryptionKey } = platform;
    this.busFailures = new DeadLetterQueue(this, 'BusFailures', platform);
    // A bus must have a name; one per stack lets several stacks live in one account.
    const bus = new EventBus(this, 'Bus', {
      eventBusName: `${Aws.STACK_NAME}-shop`,
      deadLetterQueue: this.busFailures.queue,
    });
    pinLogicalId(bus, 'EventBus');
    this.allowFailuresOf(bus);
    this.bus = bus as IEventBus; // CDK's class and interface differ in `undefined` only
    this.archive = new Archive(this, 'Archive', {
      sourceEventBus: bus,
      eventPattern: { source: [...sources] },
      retention: settings.archiveRetention,
      description: 'Every event of the shop, for replay',
    });
    pinLogicalId(this.archive, 'EventArchive');
    const cfnArchive = cfnResourceOf(this.archive, CfnArchive);
    if (encryptionKey === undefined) {
      cfnArchive.addPropertyDeletionOverride('KmsKeyIdentifier'); // CDK sets an empty one
      return;
    }
    // Set below the constructs: they would add statements with wildcard actions to the key.
    cfnResourceOf(bus, CfnEventBus).kmsKeyIdentifier = encryptionKey.keyArn;
    cfnArchive.kmsKeyIdentifier = encryptionKey.keyArn;
  }

  private allowFailuresOf(bus: EventBus): void {
    this.busFailures.queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'BusFailures',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.busFailures.queue.queueArn],
        // Formed from the name: a reference would be circular (bus → queue policy → bus).
        conditions: { ArnEquals: { 'aws:SourceArn': this.arnOf('event-bus', bus.eventBusName) } },
      }),
    );
  }

  get archiveArn(): string {
    return this.arnOf('archive', this.archive.archiveName);
  }

  private arnOf(resource: 'event-bus' | 'archive', resourceName: string): string {
    return Stack.of(this).formatArn({ service: 'events', resource, resourceName });
  }
}
