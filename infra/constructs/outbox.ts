import { Duration } from 'aws-cdk-lib';
import {
  type Alias,
  EventSourceMapping,
  FilterCriteria,
  type IFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
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

/**
 * Publishes the events of the outbox table: its stream is the queue, and what the bus keeps refusing waits for a sweep
 * (docs/decisions/0048).
 */
export class Outbox extends Construct {
  readonly relay: ShopFunction;
  /** Of what tells of progress; `relay.live` reads what a workflow begins with. */
  readonly progressReader: Alias & IFunction;
  readonly sweeper: ShopFunction;
  /** Pointers to stream records that were about to expire unread; `orders republish` publishes their rows. */
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
      description: 'Publishes new rows of the outbox; what the bus keeps refusing waits for the sweeper',
    });
    this.sweeper = new ShopFunction(this, 'SweepOutbox', {
      ...common,
      ...BACKGROUND_JOB,
      entry: 'sweep-outbox',
      description: 'Publishes rows of the outbox that wait for it',
    });
    this.progressReader = this.relay.addAlias('progress');
    for (const publisher of [this.relay, this.sweeper]) {
      publisher.allow(['events:PutEvents'], bus.eventBusArn);
      table.grant(publisher, 'BatchWriteItem', 'UpdateItem'); // takes marks away, sets them
    }
    table.grantIndexQuery(this.sweeper, 'PendingIndex');
    table.grant(this.sweeper, 'Scan'); // to publish again what was written since a moment
    this.readStream(table);
    new JobSchedule(this, 'SweepEveryMinute', { job: this.sweeper, undelivered: undeliveredRuns });
  }

  /**
   * Two readers of one stream. What starts a workflow is published at once. What tells of an order's progress waits a
   * second, so that the events of an order that comes alone are published together.
   */
  private readStream({ streamArn }: ShopTable): void {
    this.relay.allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      streamArn,
    );
    this.relay.allow(['sqs:SendMessage'], this.relayFailures.queue.queueArn);
    const starting = STARTING_WORKFLOWS.map(({ detailType }) => detailType);
    this.read('Stream', streamArn, {
      reader: this.relay.live,
      detailTypes: [starting],
      batchSize: 20, // two PutEvents calls of ten entries
    });
    this.read('ProgressStream', streamArn, {
      reader: this.progressReader,
      // A row without a detail type is malformed: it is read to be set aside.
      detailTypes: [[{ 'anything-but': starting }], [{ exists: false }]],
      batchSize: 100,
      maxBatchingWindow: Duration.seconds(1),
    });
  }

  /**
   * A record is tried until the relay takes it, alone if need be. An hour before the stream forgets it, the failure
   * queue is told, so that somebody hears.
   */
  private read(id: string, streamArn: string, { reader, detailTypes, ...props }: StreamReaderProps): void {
    const mapping = new EventSourceMapping(this, id, {
      ...props,
      target: reader,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON, // LATEST may miss records while the mapping is being created
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: -1, // infinite, and said: an update that leaves it out may keep what an older template set
      maxRecordAge: Duration.hours(23),
      filters: detailTypes.map((S) =>
        FilterCriteria.filter({ eventName: ['INSERT'], dynamodb: { NewImage: { detailType: { S } } } }),
      ),
      onFailure: { bind: () => ({ destination: this.relayFailures.queue.queueArn }) },
    });
    mapping.node.addDependency(this.relay.role);
  }
}

interface StreamReaderProps {
  readonly reader: IFunction;
  /** Of which rows it reads: any of these, in the words of an event pattern. */
  readonly detailTypes: readonly (readonly unknown[])[];
  readonly batchSize: number;
  readonly maxBatchingWindow?: Duration;
}
