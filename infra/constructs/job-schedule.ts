import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { ShopFunction } from './shop-function.ts';

export interface JobScheduleProps {
  readonly job: ShopFunction;
  /** Every minute unless told. */
  readonly every?: Duration;
  readonly undelivered: DeadLetterQueue;
}

/**
 * Runs a job again and again. Lambda does not repeat a run that failed: the next one does the same work
 * (docs/decisions/0023). A run that failed, or could not be delivered, is kept in `undelivered`.
 * A rule rather than EventBridge Scheduler: it is free and needs no role.
 */
export class JobSchedule extends Construct {
  constructor(scope: Construct, id: string, { job, every = Duration.minutes(1), undelivered }: JobScheduleProps) {
    super(scope, id);
    const { queue } = undelivered;
    const maxEventAge = Duration.minutes(1);
    job.allow(['sqs:SendMessage'], queue.queueArn);
    job.live.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge,
      onFailure: { bind: () => ({ destination: queue.queueArn }) },
    });
    new Rule(this, 'Rule', {
      schedule: Schedule.rate(every),
      targets: [new LambdaFunction(job.live, { retryAttempts: 2, maxEventAge, deadLetterQueue: queue })],
    });
  }
}
