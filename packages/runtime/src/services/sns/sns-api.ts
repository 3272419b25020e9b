import type { AwsQueryApi } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { xmlElement, xmlList, xmlText } from '../shared/xml.ts';
import type { SnsService, Subscription, Topic } from './sns-service.ts';

/** API reference, Publish. */
const MAX_MESSAGE_BYTES = 262_144;
const MAX_SUBJECT_LENGTH = 100;

/** Publish, and what tools read of topics. */
export function snsApi(service: SnsService, accountId: string): AwsQueryApi {
  const topicOf = (parameters: URLSearchParams): Topic => service.topic(required(parameters, 'TopicArn'));
  return {
    version: '2010-03-31',
    namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    actions: {
      Publish: (parameters) => {
        const topicArn = parameters.get('TopicArn') ?? required(parameters, 'TargetArn');
        return xmlText('MessageId', service.publish(topicArn, notificationOf(parameters), { accountId }));
      },
      ListTopics: () => {
        const topics = service.topics().map(({ arn }) => xmlText('TopicArn', arn));
        return xmlList('Topics', topics);
      },
      GetTopicAttributes: (parameters) => attributes(topicOf(parameters), accountId),
      ListSubscriptions: () => subscriptions(service.topics(), accountId),
      ListSubscriptionsByTopic: (parameters) => subscriptions([topicOf(parameters)], accountId),
    },
  };
}

function notificationOf(parameters: URLSearchParams): { subject?: string; message: string } {
  const message = required(parameters, 'Message');
  const subject = parameters.get('Subject');
  if (Buffer.byteLength(message) > MAX_MESSAGE_BYTES) throw invalid('Message too long');
  if (subject === null) return { message };
  if (subject === '' || subject.length > MAX_SUBJECT_LENGTH || /[\r\n]/.test(subject)) throw invalid('Subject');
  return { subject, message };
}

function attributes(topic: Topic, accountId: string): string {
  const values = {
    TopicArn: topic.arn,
    Owner: accountId,
    DisplayName: topic.displayName,
    Policy: topic.policy,
    SubscriptionsConfirmed: String(topic.subscriptions.length),
    SubscriptionsPending: '0',
    SubscriptionsDeleted: '0',
  };
  const entries = Object.entries(values).map(([key, value]) =>
    xmlElement('entry', xmlText('key', key) + xmlText('value', value)),
  );
  return xmlElement('Attributes', entries.join(''));
}

function subscriptions(topics: readonly Topic[], accountId: string): string {
  const describe = (topic: Topic, { arn, protocol, endpoint }: Subscription): string =>
    xmlText('SubscriptionArn', arn) +
    xmlText('Owner', accountId) +
    xmlText('Protocol', protocol) +
    xmlText('Endpoint', endpoint) +
    xmlText('TopicArn', topic.arn);
  return xmlList(
    'Subscriptions',
    topics.flatMap((topic) => topic.subscriptions.map((subscription) => describe(topic, subscription))),
  );
}

function required(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name);
  if (!value) throw invalid(name);
  return value;
}

function invalid(what: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${what}`);
}
