import type { Clock } from '@order-workflow/states-language/clock';
import type { MetricSink } from '../shared/ports/metrics.ts';
import type { Gauge } from './metrics-service.ts';
import type { EventPublisher } from '../shared/ports/events.ts';
import type { SqsService } from '../sqs/sqs-service.ts';

/** Depths and ages of all queues, as CloudWatch shows them in `AWS/SQS`. */
export function queueGauges(sqs: SqsService, clock: Clock): Gauge[] {
  return [...sqs.queues.all()].flatMap((queue) => {
    const { name, counts } = queue;
    const gauge = (metric: string, value: number, unit = 'Count'): Gauge => ({
      namespace: 'AWS/SQS',
      name: metric,
      dimensions: { QueueName: name },
      value,
      unit,
    });
    // In the order in which they came; one that was moved here counts from when it was sent.
    const [oldest] = queue.messages();
    const ageSeconds = oldest === undefined ? 0 : Math.max(0, clock.nowMs() - oldest.sentAtMs) / 1000;
    return [
      gauge('ApproximateAgeOfOldestMessage', Math.floor(ageSeconds), 'Seconds'),
      gauge('ApproximateNumberOfMessagesVisible', counts.visible),
      gauge('ApproximateNumberOfMessagesNotVisible', counts.inFlight),
      gauge('ApproximateNumberOfMessagesDelayed', counts.delayed),
    ];
  });
}

const EXECUTION_METRICS: Readonly<Record<string, string>> = {
  RUNNING: 'ExecutionsStarted',
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  TIMED_OUT: 'ExecutionsTimedOut',
  ABORTED: 'ExecutionsAborted',
};

/** Counts executions by their status-change events on the way to `events`, as CloudWatch does in `AWS/States`. */
export function countingExecutions(events: EventPublisher, metrics: MetricSink, clock: Clock): EventPublisher {
  return {
    publish(event) {
      const { stateMachineArn = '', status = '' } = event.detail as { stateMachineArn?: string; status?: string };
      const name = EXECUTION_METRICS[status];
      const dimensions = { StateMachineArn: stateMachineArn };
      if (name)
        metrics.record({ namespace: 'AWS/States', name, dimensions, value: 1, unit: 'Count', atMs: clock.nowMs() });
      return events.publish(event);
    },
  };
}
