import type { System } from '../../cli/system.ts';
import type { WireRequest } from './wire-request.ts';

const STACK = { region: 'us-east-1', account: '000000000000' };
const NAME = 'mutated';
const arn = (service: string, name: string): string => `arn:aws:${service}:${STACK.region}:${STACK.account}:${name}`;
const DEFINITION =
  '{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass","Output":"{% $x %}","End":true}}}';

/** Plausible members of any call; an operation takes of them what it knows. None of them is anything of the shop's. */
const MEMBERS = {
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  AttributeNames: ['All'],
  BillingMode: 'PAY_PER_REQUEST',
  DelaySeconds: 0,
  EndTime: 1_800_000_000,
  Entries: [{ Id: 'a', Source: 's', DetailType: 'd', Detail: '{}', MessageBody: 'b', ReceiptHandle: 'r' }],
  Event: '{"source":"s"}',
  EventPattern: '{"source":["s",{"prefix":"a"},{"wildcard":"*a*b"}]}',
  Item: { id: { S: 'a' }, n: { N: '1' }, m: { M: { l: { L: [{ NULL: true }] } } } },
  Key: { id: { S: 'a' } },
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  Limit: 5,
  MaxNumberOfMessages: 1,
  MessageBody: 'hello',
  MetricName: 'M',
  Name: NAME,
  Namespace: 'N',
  Period: 60,
  QueueName: NAME,
  QueueUrl: `http://localhost/${STACK.account}/${NAME}`,
  ReceiptHandle: 'r',
  SecretId: NAME,
  SecretString: '{}',
  StartTime: 1_700_000_000,
  TableName: NAME,
  Tags: [{ Key: 'k', Value: 'v' }],
  TransactItems: [{ Put: { TableName: NAME, Item: { id: { S: 'a' } } } }],
  UpdateExpression: 'REMOVE n',
  UserPoolId: 'us-east-1_mutated',
  VisibilityTimeout: 5,
  WaitTimeSeconds: 0,
};

/** The same for services whose members begin in lower case. */
const CAMEL_MEMBERS = {
  definition: DEFINITION,
  executionArn: arn('states', `execution:${NAME}:e`),
  filterPattern: '{ $.a = "b*" }',
  input: '{}',
  limit: 5,
  logEvents: [{ timestamp: 1_700_000_000_000, message: 'hello' }],
  logGroupName: NAME,
  logStreamName: NAME,
  maxResults: 5,
  name: NAME,
  roleArn: `arn:aws:iam::${STACK.account}:role/r`,
  routingConfiguration: [{ stateMachineVersionArn: arn('states', `stateMachine:${NAME}:1`), weight: 100 }],
  stateMachineArn: arn('states', `stateMachine:${NAME}`),
  tags: [{ key: 'k', value: 'v' }],
  taskToken: 'token',
};

const REST: readonly (readonly [method: string, path: string, body: unknown])[] = [
  ['GET', '/2015-03-31/functions?MaxItems=5', undefined],
  ['POST', `/2015-03-31/functions/${NAME}/invocations`, { a: 1 }],
  ['GET', '/2015-03-31/event-source-mappings', undefined],
  ['GET', '/schedules?MaxResults=5', undefined],
  [
    'POST',
    `/schedules/${NAME}`,
    {
      ScheduleExpression: 'rate(1 day)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: arn('sqs', NAME), RoleArn: `arn:aws:iam::${STACK.account}:role/r`, Input: '{}' },
    },
  ],
  ['DELETE', `/schedules/${NAME}`, undefined],
  ['POST', '/v2/email/identities', { EmailIdentity: 'mutated@example.com' }],
  [
    'POST',
    '/v2/email/outbound-emails',
    {
      FromEmailAddress: 'mutated@example.com',
      Destination: { ToAddresses: ['a@example.com'] },
      Content: { Simple: { Subject: { Data: 's' }, Body: { Text: { Data: 't' } } } },
    },
  ],
  ['POST', '/?Action=GetCallerIdentity&Version=2011-06-15', undefined],
  ['POST', '/?Action=DescribeStacks&Version=2010-05-15', undefined],
  ['GET', '/_runtime/health', undefined],
];

/** One request for every operation that the services list, and for the routes of those that have paths. */
export function awsRequests({ runtime }: System): WireRequest[] {
  const apis = Object.values(runtime.services).flatMap((service) => service.apis.json ?? []);
  const targets = [
    ...apis.flatMap(({ targetPrefix, operations }) => Object.keys(operations).map((name) => `${targetPrefix}.${name}`)),
    ...[...runtime.services.dynamoDb.operationNames].map((name) => `DynamoDB_20120810.${name}`),
  ];
  return [
    ...targets.map((target) => call(target, /^(?:AWSStepFunctions|Logs_)/.test(target) ? CAMEL_MEMBERS : MEMBERS)),
    ...REST.map(([method, path, body]) => request(method, path, [['content-type', 'application/json']], body)),
  ];
}

function call(target: string, body: unknown): WireRequest {
  return request(
    'POST',
    '/',
    [
      ['content-type', 'application/x-amz-json-1.0'],
      ['x-amz-target', target],
    ],
    body,
  );
}

function request(method: string, path: string, headers: WireRequest['headers'], body: unknown): WireRequest {
  const credential = `AWS4-HMAC-SHA256 Credential=test/20260101/${STACK.region}/any/aws4_request, SignedHeaders=host, Signature=0`;
  return {
    method,
    path,
    headers: [['authorization', credential], ...headers],
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
  };
}
