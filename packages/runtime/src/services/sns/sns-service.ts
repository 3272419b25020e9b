import { randomUUID } from 'node:crypto';
import type { Clock } from '@order-workflow/states-language/clock';
import type { StackIdentity } from '../../assembly/resource-type.ts';
import { AwsError } from '../shared/aws-error.ts';
import { policyAllows, type AccountCaller, type ServiceCaller } from '../shared/policies/resource-policy.ts';
import type { LogSink } from '../shared/ports/logs.ts';
import type { Notification, TopicPublisher } from '../shared/ports/topics.ts';

export interface Topic {
  readonly arn: string;
  readonly name: string;
  readonly displayName: string;
  policy: string;
  readonly subscriptions: Subscription[];
}

export interface Subscription {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
}

export interface SnsOptions {
  readonly clock: Clock;
  readonly stack: Pick<StackIdentity, 'accountId' | 'region'>;
  /** Where published messages are kept. */
  readonly log: LogSink;
}

/**
 * Topics of the template, without what delivers: what is published is a line of the topic's log group, for each
 * subscriber. Nothing leaves the machine. A policy of the template replaces the topic's default one, as on AWS.
 */
export class SnsService implements TopicPublisher {
  readonly #options: SnsOptions;
  readonly #topics = new Map<string, Topic>();

  constructor(options: SnsOptions) {
    this.#options = options;
  }

  topics(): Topic[] {
    return [...this.#topics.values()];
  }

  /** @throws AwsError NotFound. */
  topic(arn: string): Topic {
    const topic = this.#topics.get(arn);
    if (!topic) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return topic;
  }

  topicArn(name: string): string {
    const { region, accountId } = this.#options.stack;
    return `arn:aws:sns:${region}:${accountId}:${name}`;
  }

  declareTopic(name: string, displayName: string): Topic {
    const arn = this.topicArn(name);
    const policy = JSON.stringify(defaultPolicy(arn, this.#options.stack.accountId));
    const topic: Topic = { arn, name, displayName, policy, subscriptions: [] };
    this.#topics.set(arn, topic);
    return topic;
  }

  publish(topicArn: string, { subject, message }: Notification, caller: ServiceCaller | AccountCaller): string {
    const topic = this.topic(topicArn);
    if (!policyAllows(topic.policy, { action: 'SNS:Publish', resource: topicArn, caller })) {
      throw new AwsError('AuthorizationError', refusal(topicArn, caller), 403);
    }
    const messageId = randomUUID();
    const subscribers = topic.subscriptions.length === 0 ? [undefined] : topic.subscriptions;
    for (const subscription of subscribers) {
      const { protocol, endpoint } = subscription ?? {};
      const line = JSON.stringify({ messageId, protocol, endpoint, subject, message });
      this.#options.log.append(this.logGroup(topic), line, this.#options.clock.nowMs());
    }
    return messageId;
  }

  /** Named as SNS names the group of its delivery status ("Message delivery status", SNS developer guide). */
  logGroup({ name }: Pick<Topic, 'name'>): string {
    const { region, accountId } = this.#options.stack;
    return `sns/${region}/${accountId}/${name}`;
  }
}

function refusal(topicArn: string, caller: ServiceCaller | AccountCaller): string {
  const who = 'service' in caller ? `Resource: ${caller.sourceArn}` : `User: arn:aws:iam::${caller.accountId}:root`;
  return `${who} is not authorized to perform: SNS:Publish on resource: ${topicArn}`;
}

/** What a topic has until it is given another: its account may use it (API reference, CreateTopic; SNS console). */
function defaultPolicy(arn: string, accountId: string): object {
  return {
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['SNS:GetTopicAttributes', 'SNS:Subscribe', 'SNS:ListSubscriptionsByTopic', 'SNS:Publish'],
        Resource: arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': accountId } },
      },
    ],
  };
}
