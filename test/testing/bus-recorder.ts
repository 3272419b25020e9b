import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import type { Deployment } from '../../cli/deployment.ts';

export interface RecordedEvent {
  readonly detailType: string;
  readonly source: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Listens to the shop's bus as one more subscriber: a rule of its own and a queue. Made through public APIs. */
export class BusRecorder {
  readonly #deployment: Deployment;
  readonly #queueUrl: string;
  readonly #events: RecordedEvent[] = [];

  static async on(deployment: Deployment): Promise<BusRecorder> {
    const { QueueUrl = '' } = await deployment.sqs.send(new CreateQueueCommand({ QueueName: 'bus-recorder' }));
    const { Attributes } = await deployment.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const queueArn = Attributes?.['QueueArn'] ?? '';
    const EventBusName = deployment.output('EventBusName');
    const { RuleArn } = await deployment.events.send(
      new PutRuleCommand({
        Name: 'bus-recorder',
        EventBusName,
        EventPattern: JSON.stringify({ source: [{ prefix: 'shop.' }] }),
      }),
    );
    await allowRule(deployment, QueueUrl, queueArn, RuleArn ?? '');
    await deployment.events.send(
      new PutTargetsCommand({ Rule: 'bus-recorder', EventBusName, Targets: [{ Id: 'recorder', Arn: queueArn }] }),
    );
    return new BusRecorder(deployment, QueueUrl);
  }

  private constructor(deployment: Deployment, queueUrl: string) {
    this.#deployment = deployment;
    this.#queueUrl = queueUrl;
  }

  /** Waits until an event is seen that `matches`. */
  async next(matches: (event: RecordedEvent) => boolean): Promise<RecordedEvent> {
    for (;;) {
      const seen = this.#events.find(matches);
      if (seen) return seen;
      await this.#receive(20);
    }
  }

  /** Everything about an order that has been on the bus by now, in the order of arrival. */
  async about(orderId: string): Promise<RecordedEvent[]> {
    while ((await this.#receive(0)) > 0);
    return this.#events.filter(({ detail }) => detail['orderId'] === orderId);
  }

  async #receive(waitSeconds: number): Promise<number> {
    const { Messages = [] } = await this.#deployment.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.#queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: waitSeconds }),
    );
    if (Messages.length === 0) return 0;
    for (const { Body = '{}' } of Messages) {
      const envelope = JSON.parse(Body) as { 'detail-type': string; source: string; detail: Record<string, unknown> };
      this.#events.push({ detailType: envelope['detail-type'], source: envelope.source, detail: envelope.detail });
    }
    await this.#deployment.sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: this.#queueUrl,
        Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
    return Messages.length;
  }
}

/** Without this, EventBridge drops what it may not send, as on AWS. */
async function allowRule(deployment: Deployment, queueUrl: string, queueArn: string, ruleArn: string): Promise<void> {
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await deployment.sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: { Policy } }));
}
