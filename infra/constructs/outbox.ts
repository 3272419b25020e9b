import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping, FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { OrderReturned } from '../../events/order-returned.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { BACKGROUND_JOB, BATCH_WORKER } from './function-sizes.ts';
import { JobSchedule } from './job-schedule.ts';
import type { Platform } from './platform.ts';
import { ShopFunction } from './shop-function.ts';
import type { ShopTable } from './shop-table.ts';

/** Events that a workflow begins with. */
const STARTING_WORKFLOWS = [BasketCheckedOut, OrderReturned];

export interface OutboxProps {
  readonly platform: Platform;
  readonly bus: IEventBus;
  readonly table: ShopTable;
  /** Where runs of scheduled jobs end that could not be delivered. */
  readonly undeliveredRuns: DeadLetterQueue;
}

/** Publishes the events of the outbox table: at once from its stream, and a sweep for what the stream left behind. */
export class Outbox extends Construct {
  readonly relay: ShopFunction;
  readonly sweeper: ShopFunction;
  /** Pointers to stream records that the relay gave up on; the sweeper publishes their rows. */
  readonly relayFailures: DeadLetterQueue;

  constructor(scope: Construct, id: string, { platform, bus, table, undeliveredRuns }: OutboxProps) {
    super(scope, id);
    const environment = { OUTBOX_TABLE: table.name, EVENT_BUS_NAME: bus.eventBusName };
    const common = { platform, service: 'outbox', environment };
    this.relayFailures = new DeadLetterQueue(this, 'RelayFailures', platform);
    this.relay = new ShopFunction(this, 'RelayOutbox', {
      ...common,
      ...BATCH_WORKER,
      entry: 'relay-outbox',
      description: 'Publishes new rows of the outbox and marks them published',
    });
    this.sweeper = new ShopFunction(this, 'SweepOutbox', {
      ...common,
      ...BACKGROUND_JOB,
      entry: 'sweep-outbox',
      description: 'Publishes rows of the outbox that the stream left behind',
    });
    for (const publisher of [this.relay, this.sweeper]) {
      publisher.allow(['events:PutEvents'], bus.eventBusArn);
      table.grant(publisher, 'BatchWriteItem'); // marks what it published
    }
    table.grant(this.sweeper, 'UpdateItem'); // sets malformed rows aside
    table.grantIndexQuery(this.sweeper, 'PendingIndex');
    this.readStream(table);
    new JobSchedule(this, 'SweepEveryMinute', { job: this.sweeper, undelivered: undeliveredRuns });
  }

  /**
   * Two readers of one stream. What starts a workflow is published at once. What tells of an order's progress waits a
   * second, so that the events of an order that comes alone are published, and marked, together.
   */
  private readStream({ streamArn }: ShopTable): void {
    this.relay.allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      streamArn,
    );
    this.relay.allow(['sqs:SendMessage'], this.relayFailures.queue.queueArn);
    const starting = STARTING_WORKFLOWS.map(({ detailType }) => detailType);
    this.read('Stream', streamArn, {
      detailTypes: starting,
      startingPosition: StartingPosition.TRIM_HORIZON, // LATEST may miss records while the mapping is being created
      batchSize: 20, // two PutEvents calls of ten entries
    });
    this.read('ProgressStream', streamArn, {
      detailTypes: [{ 'anything-but': starting }],
      // A deployment that adds it must not publish a day's events anew. The sweeper publishes what is missed meanwhile.
      startingPosition: StartingPosition.LATEST,
      batchSize: 100,
      maxBatchingWindow: Duration.seconds(1),
    });
  }

  /** A record that keeps failing must not hold its shard for the stream's whole day: it is isolated and left. */
  private read(id: string, streamArn: string, { detailTypes, ...props }: StreamReaderProps): void {
    const mapping = new EventSourceMapping(this, id, {
      ...props,
      target: this.relay.live,
      eventSourceArn: streamArn,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: 8,
      maxRecordAge: Duration.hours(1),
      filters: [
        FilterCriteria.filter({ eventName: ['INSERT'], dynamodb: { NewImage: { detailType: { S: detailTypes } } } }),
      ],
      onFailure: { bind: () => ({ destination: this.relayFailures.queue.queueArn }) },
    });
    mapping.node.addDependency(this.relay.role);
  }
}

interface StreamReaderProps {
  /** Of which rows it reads, in the words of an event pattern. */
  readonly detailTypes: readonly unknown[];
  readonly startingPosition: StartingPosition;
  readonly batchSize: number;
  readonly maxBatchingWindow?: Duration;
}
