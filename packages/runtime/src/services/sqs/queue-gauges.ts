import type { Clock } from '@order-workflow/states-language/clock';
import type { Gauge } from '../shared/ports/metrics.ts';
import type { SqsService } from './sqs-service.ts';

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
