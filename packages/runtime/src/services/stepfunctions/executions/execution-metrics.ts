import type { Clock } from '@order-workflow/states-language/clock';
import type { EventPublisher } from '../../shared/ports/events.ts';
import type { MetricSink } from '../../shared/ports/metrics.ts';

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
