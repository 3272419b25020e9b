import type { Runtime } from '../../runtime/runtime.ts';
import type { Known } from './odd-inputs.ts';

/**
 * Members by which a request gets past the first checks of its operation, whichever that is: it takes those that its
 * model knows. They name resources of the app under test, and one called `a` of each kind that requests make.
 */
export function knownMembers({ resources }: Runtime): Known {
  const arnOf = (logicalId: string): string => resources[logicalId]?.attributes['Arn'] ?? '';
  const idOf = (logicalId: string): string => resources[logicalId]?.physicalId ?? '';
  const machine = idOf('Stamping');
  const metric = { Namespace: 'n', MetricName: 'm' };
  return {
    // Queues. Nobody waits.
    QueueUrl: idOf('Notices'),
    QueueName: 'a',
    MessageBody: 'x',
    SourceArn: arnOf('Notices'),
    WaitTimeSeconds: 0,
    VisibilityTimeout: 1,
    ReceiptHandle: 'r',
    TaskHandle: 't',
    Entries: [{ Id: 'a', MessageBody: 'x', ReceiptHandle: 'r', Source: 's', DetailType: 'd', Detail: '{}' }],
    // Buses.
    Name: 'a',
    Rule: 'a',
    EventBusName: idOf('Bus'),
    EventPattern: '{"source":["s"]}',
    ArchiveName: 'a',
    ReplayName: 'a',
    EventSourceArn: arnOf('Bus'),
    EventStartTime: 0,
    EventEndTime: 60,
    Targets: [{ Id: 't', Arn: arnOf('Notices') }],
    TargetArn: arnOf('Notices'),
    Ids: ['t'],
    Event: '{"id":"1","account":"a","source":"s","time":"t","region":"r","resources":[],"detail-type":"d"}',
    // Schedules and mails.
    ScheduleExpression: 'rate(1 day)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    EmailIdentity: 'a@example.com',
    Target: { Arn: arnOf('Notices'), RoleArn: 'arn:aws:iam::000000000000:role/r' },
    FromEmailAddress: 'a@example.com',
    Destination: { ToAddresses: ['b@example.com'] },
    Content: { Simple: { Subject: { Data: 's' }, Body: { Text: { Data: 't' } } } },
    // State machines.
    name: 'a',
    stateMachineArn: machine,
    resourceArn: machine,
    roleArn: 'arn:aws:iam::000000000000:role/r',
    stateMachineVersionArn: `${machine}:1`,
    stateMachineAliasArn: `${machine}:a`,
    taskToken: 't',
    executionArn: `${machine.replace('stateMachine', 'execution')}:a`,
    input: '{}',
    output: '{}',
    definition: '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}',
    routingConfiguration: [{ stateMachineVersionArn: `${machine}:1`, weight: 100 }],
    // Metrics, logs, secrets, users.
    ...metric,
    StartTime: 0,
    EndTime: 60,
    Period: 60,
    Statistics: ['Sum'],
    MetricDataQueries: [{ Id: 'm', MetricStat: { Metric: metric, Period: 60, Stat: 'Sum' } }],
    MetricData: [{ ...metric, Value: 1 }],
    logGroupName: 'a',
    logStreamName: 'runtime',
    SecretId: 'a',
    SecretString: '{}',
    UserPoolId: idOf('UserPool'),
    ClientId: idOf('Client'),
    Username: 'a',
    GroupName: 'a',
    Password: 'Correct-horse-7',
    Permanent: true,
    AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: 'a', PASSWORD: 'Correct-horse-7' },
  };
}
