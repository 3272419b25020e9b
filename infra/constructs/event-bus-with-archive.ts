import { Aws, Stack } from 'aws-cdk-lib';
import { Archive, CfnArchive, CfnEventBus, EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
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

  constructor(scope: Construct, id: string, { platform, sources }: EventBusWithArchiveProps) {
    super(scope, id);
    const { settings, encryptionKey } = platform;
    // A bus must have a name; one per stack lets several stacks live in one account.
    const bus = new EventBus(this, 'Bus', { eventBusName: `${Aws.STACK_NAME}-shop` });
    pinLogicalId(bus, 'EventBus');
    this.bus = bus as IEventBus; // CDK's class and interface differ in `undefined` only
    this.archive = new Archive(this, 'Archive', {
      sourceEventBus: bus,
      eventPattern: { source: [...sources] },
      retention: settings.archiveRetention,
      description: 'Every event of the shop, for replay',
    });
    pinLogicalId(this.archive, 'EventArchive');
    if (encryptionKey === undefined) return;
    // Set below the constructs: they would add statements with wildcard actions to the key.
    cfnResourceOf(bus, CfnEventBus).kmsKeyIdentifier = encryptionKey.keyArn;
    cfnResourceOf(this.archive, CfnArchive).kmsKeyIdentifier = encryptionKey.keyArn;
  }

  get archiveArn(): string {
    return Stack.of(this).formatArn({
      service: 'events',
      resource: 'archive',
      resourceName: this.archive.archiveName,
    });
  }
}
