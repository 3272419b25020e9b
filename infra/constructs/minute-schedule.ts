import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { ShopFunction } from './shop-function.ts';

export interface MinuteScheduleProps {
  readonly job: ShopFunction;
  readonly undelivered: DeadLetterQueue;
}

/**
 * Runs a job every minute. Neither EventBridge nor Lambda retries a run: the next one does the same work.
 * A rule rather than EventBridge Scheduler: it is free and needs no role.
 */
export class MinuteSchedule extends Construct {
  constructor(scope: Construct, id: string, { job, undelivered }: MinuteScheduleProps) {
    super(scope, id);
    const once = { retryAttempts: 0, maxEventAge: Duration.minutes(1) };
    job.lambda.configureAsyncInvoke(once);
    new Rule(this, 'Rule', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(job.lambda, { ...once, deadLetterQueue: undelivered.queue })],
    });
  }
}
