import { describe, expect, test } from 'vitest';
import { findEntries } from '../scripts/function-entries.ts';
import { ENVIRONMENTS } from './config.ts';
import { constructFileOf } from './testing/construct-files.ts';
import { liveCodeOf, namesIn } from './testing/function-code.ts';
import { listOf, permissionLines, type Statement, statementsByRole } from './testing/permissions.ts';
import { resourcesOf, synthesizedStack, type TemplateResource } from './testing/synthesized-stack.ts';

const ORDERS = 'OrdersTable: dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem';
const OUTBOX = 'OutboxTable: dynamodb:PutItem';
const IDEMPOTENCY = 'IdempotencyTable: dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem';
const PAYMENT_SECRET = 'PaymentSecret: secretsmanager:GetSecretValue';
const TASK_ANSWERS = 'states:stateMachine:AWS::StackName-order-saga: states:SendTaskFailure states:SendTaskSuccess';

/** What an operator's decision needs of the workflows; whether the saga's waits may also be failed differs. */
const OPERATOR = [
  'states:execution:AWS::StackName-order-cancellation:*: states:RedriveExecution',
  'states:execution:AWS::StackName-order-return:*: states:RedriveExecution',
  'states:execution:AWS::StackName-order-saga:*: states:RedriveExecution',
  'states:stateMachine:AWS::StackName-order-cancellation: states:SendTaskSuccess',
  'states:stateMachine:AWS::StackName-order-return: states:SendTaskSuccess',
];
/** Looks at messages and leaves them where they are. */
const looksInto = (queue: string) => `${queue}: sqs:GetQueueAttributes sqs:ReceiveMessage`;
const SUBSCRIBED = [
  'BasketChanges',
  'NotificationsFeedback',
  'NotificationsOrderEvents',
  'OrderingCheckout',
  'OrderingReturnsAccepted',
  'ShippingOrderEvents',
];
/** And sets aside what it can never work on. */
const worksOff = (work: string) => [
  `${work}WorkQueue: sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage`,
  `${work}WorkDeadLettersQueue: sqs:SendMessage`,
];

/** What each function may do, beside writing its own log. Widening a line here is a decision to review. */
const PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  'cancel-order': [ORDERS, OUTBOX],
  'charge-payment': [
    ORDERS,
    OUTBOX,
    PAYMENT_SECRET,
    'PaymentsTable: dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem',
    TASK_ANSWERS,
  ],
  'check-webhook': [PAYMENT_SECRET],
  'close-return': ['OrdersTable: dynamodb:GetItem dynamodb:UpdateItem', OUTBOX],
  'compare-payment': [ORDERS, OUTBOX, PAYMENT_SECRET, 'PaymentsTable: dynamodb:GetItem'],
  'confirm-order': [ORDERS, OUTBOX, 'ReservationsTable: dynamodb:UpdateItem'],
  'create-order': [ORDERS, OUTBOX],
  'decide-parked-order': [
    OUTBOX,
    'OrdersTable: dynamodb:GetItem dynamodb:UpdateItem',
    'PaymentsTable: dynamodb:UpdateItem',
    'states:execution:AWS::StackName-order-cancellation:*: states:RedriveExecution',
    'states:execution:AWS::StackName-order-return:*: states:RedriveExecution',
    'states:execution:AWS::StackName-order-saga:*: states:RedriveExecution',
    'states:stateMachine:AWS::StackName-order-cancellation: states:SendTaskSuccess states:StartExecution',
    'states:stateMachine:AWS::StackName-order-return: states:SendTaskSuccess states:StartExecution',
    'states:stateMachine:AWS::StackName-order-saga: states:SendTaskSuccess',
  ],
  'park-failed-execution': [
    'OrderingUnparkedFailuresQueue: sqs:SendMessage',
    ORDERS,
    OUTBOX,
    'PaymentsTable: dynamodb:GetItem',
    'ReservationsTable: dynamodb:GetItem',
  ],
  'park-order': [ORDERS, OUTBOX, 'PaymentsTable: dynamodb:GetItem', 'ReservationsTable: dynamodb:GetItem'],
  'payment-webhook': [
    ORDERS,
    OUTBOX,
    PAYMENT_SECRET,
    'PaymentsTable: dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem',
    'WebhookInboxTable: dynamodb:PutItem dynamodb:UpdateItem',
    TASK_ANSWERS,
  ],
  'plan-shipment': ['ShipmentsTable: dynamodb:PutItem', ...worksOff('ShippingOrderEvents')],
  'poll-payments': [
    'UndeliveredRunsQueue: sqs:SendMessage',
    ORDERS,
    OUTBOX,
    PAYMENT_SECRET,
    'PaymentsTable/index/OpenIndex: dynamodb:Query',
    'PaymentsTable: dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem',
    'WebhookInboxTable: dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem',
    TASK_ANSWERS,
  ],
  'refund-payment': [
    IDEMPOTENCY,
    'OrdersTable: dynamodb:GetItem',
    PAYMENT_SECRET,
    'PaymentsTable: dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem',
  ],
  'pay-order': [
    'OrdersTable: dynamodb:ConditionCheckItem dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem',
    OUTBOX,
    PAYMENT_SECRET,
    'PaymentsTable: dynamodb:GetItem dynamodb:UpdateItem',
    TASK_ANSWERS,
  ],
  'refund-return': [
    'OrdersTable: dynamodb:GetItem',
    PAYMENT_SECRET,
    'PaymentsTable: dynamodb:GetItem dynamodb:UpdateItem',
  ],
  'relay-outbox': [
    'EventBus: events:PutEvents',
    'OutboxRelayFailuresQueue: sqs:SendMessage',
    'OutboxTable.StreamArn: dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams',
    'OutboxTable: dynamodb:BatchWriteItem',
  ],
  'release-inventory': ['ReservationsTable: dynamodb:PutItem dynamodb:UpdateItem', 'StockTable: dynamodb:UpdateItem'],
  'reserve-inventory': ['ReservationsTable: dynamodb:PutItem', 'StockTable: dynamodb:GetItem dynamodb:UpdateItem'],
  'start-order-return': [
    ...worksOff('OrderingReturnsAccepted'),
    'OrderReturnMachine: states:StartExecution',
    'OrdersTable: dynamodb:GetItem',
  ],
  'start-order-saga': [
    ...worksOff('OrderingCheckout'),
    'OrderSagaMachine: states:StartExecution',
    'states:execution:AWS::StackName-order-saga:*: states:DescribeExecution',
    ORDERS,
    OUTBOX,
  ],
  'update-baskets': [
    ...worksOff('BasketChanges'),
    'BasketsTable/index/SkuIndex: dynamodb:Query',
    'BasketsTable: dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem',
    'OrderContactsTable: dynamodb:GetItem',
    'ProductsTable: dynamodb:BatchGetItem',
  ],
  'resume-erasures': [
    'UserPool: cognito-idp:AdminDeleteUser cognito-idp:AdminGetUser',
    'UndeliveredRunsQueue: sqs:SendMessage',
    'BasketsTable: dynamodb:DeleteItem dynamodb:Query',
    'ErasuresTable/index/OpenIndex: dynamodb:Query',
    'ErasuresTable: dynamodb:GetItem dynamodb:UpdateItem',
    'OrderContactsTable: dynamodb:BatchGetItem dynamodb:DeleteItem',
    'OrdersTable/index/CustomerIndex: dynamodb:Query',
    'OrdersTable: dynamodb:Query dynamodb:UpdateItem',
    'StockChangesTable: dynamodb:Query dynamodb:UpdateItem',
  ],
  'mark-undeliverable': ['MailsTable: dynamodb:PutItem', ...worksOff('NotificationsFeedback')],
  'send-mail': [
    'UserPool: cognito-idp:AdminGetUser',
    'MailsTable: dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem',
    'OrderContactsTable: dynamodb:GetItem',
    ...worksOff('NotificationsOrderEvents'),
    'ses:configuration-set/MailDeliveryConfigurationSet: ses:SendEmail',
    'ses:identity/*: ses:SendEmail',
    'ses:identity/MailSender: ses:SendEmail',
    'ses:identity/part of MailSender: ses:SendEmail',
  ],
  'serve-admin': [
    'CursorSecret: secretsmanager:GetSecretValue',
    'MailsTable: dynamodb:BatchGetItem',
    'OrderContactsTable: dynamodb:BatchGetItem',
    'OrdersTable/index/CustomerIndex: dynamodb:Query',
    'OrdersTable/index/LifecycleIndex: dynamodb:Query',
    'OrdersTable/index/ParkedIndex: dynamodb:Query',
    'OrdersTable: dynamodb:BatchGetItem dynamodb:Query',
    'OutboxTable: dynamodb:BatchGetItem',
    PAYMENT_SECRET,
    'PaymentsTable: dynamodb:BatchGetItem',
    'ReservationsTable: dynamodb:BatchGetItem',
    'StockTable: dynamodb:BatchGetItem',
    ...SUBSCRIBED.flatMap((queue) => [`${queue}UndeliveredQueue`, `${queue}WorkDeadLettersQueue`]).map(looksInto),
    ...[
      'EventsBusFailuresQueue',
      'OrderingUnparkedFailuresQueue',
      'OutboxRelayFailuresQueue',
      'UndeliveredRunsQueue',
    ].map(looksInto),
    ...['order-cancellation', 'order-return', 'order-saga'].map(
      (machine) =>
        `states:execution:AWS::StackName-${machine}:*: states:DescribeExecution states:DescribeStateMachineForExecution states:GetExecutionHistory`,
    ),
  ],
  'serve-basket': [
    'BasketsTable: dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem',
    'OrderContactsTable: dynamodb:PutItem',
    OUTBOX,
    'ProductsTable: dynamodb:BatchGetItem',
    'StockTable: dynamodb:BatchGetItem',
  ],
  'serve-catalog': [
    'CursorSecret: secretsmanager:GetSecretValue',
    OUTBOX,
    'ProductsTable/index/CategoryIndex: dynamodb:Query dynamodb:Scan',
    'ProductsTable: dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem',
    'StockTable: dynamodb:BatchGetItem',
  ],
  'serve-inventory': [
    'CursorSecret: secretsmanager:GetSecretValue',
    'IdempotencyTable: dynamodb:GetItem dynamodb:PutItem',
    'StockChangesTable: dynamodb:PutItem dynamodb:Query',
    'StockTable: dynamodb:BatchGetItem dynamodb:GetItem dynamodb:PutItem dynamodb:Scan dynamodb:UpdateItem',
  ],
  'serve-customers': [
    'UserPool: cognito-idp:AdminDeleteUser cognito-idp:AdminGetUser',
    'BasketsTable: dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query',
    'CursorSecret: secretsmanager:GetSecretValue',
    'ErasuresTable: dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem',
    'OrderContactsTable: dynamodb:BatchGetItem dynamodb:DeleteItem',
    'OrdersTable/index/CustomerIndex: dynamodb:Query',
    'OrdersTable: dynamodb:BatchGetItem dynamodb:Query dynamodb:UpdateItem',
    'OutboxTable: dynamodb:GetItem',
    'StockChangesTable: dynamodb:Query dynamodb:UpdateItem',
  ],
  'serve-orders': [
    ...OPERATOR,
    'CursorSecret: secretsmanager:GetSecretValue',
    'OrderCancellationMachine: states:StartExecution',
    'OrderReturnMachine: states:StartExecution',
    'OrdersTable/index/CustomerIndex: dynamodb:Query',
    'OrdersTable/index/ParkedIndex: dynamodb:Query',
    'OrdersTable: dynamodb:BatchGetItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem',
    'OutboxTable: dynamodb:GetItem dynamodb:PutItem',
    'PaymentsTable: dynamodb:ConditionCheckItem dynamodb:GetItem dynamodb:UpdateItem',
    'ReservationsTable: dynamodb:GetItem dynamodb:UpdateItem',
    'StockChangesTable: dynamodb:PutItem',
    'StockTable: dynamodb:BatchGetItem dynamodb:UpdateItem',
    TASK_ANSWERS,
  ],
  'settle-restored-order': [
    ORDERS,
    OUTBOX,
    'OrderCancellationMachine: states:StartExecution',
    'OrderSagaMachine: states:StartExecution',
  ],
  'stop-order': [ORDERS, OUTBOX, 'PaymentsTable: dynamodb:PutItem', 'ReservationsTable: dynamodb:PutItem'],
  'stop-sale': [ORDERS, OUTBOX],
  'sweep-outbox': [
    'UndeliveredRunsQueue: sqs:SendMessage',
    'EventBus: events:PutEvents',
    'OutboxTable/index/PendingIndex: dynamodb:Query',
    'OutboxTable: dynamodb:BatchWriteItem dynamodb:UpdateItem',
  ],
  'watch-orders': [
    'UndeliveredRunsQueue: sqs:SendMessage',
    'OrderCancellationMachine: states:ListExecutions',
    'OrderReturnMachine: states:ListExecutions',
    'OrderSagaMachine: states:ListExecutions',
    'OrdersTable/index/ParkedIndex: dynamodb:Query',
    'OrdersTable: dynamodb:BatchGetItem',
  ],
};

/** Actions of which AWS says that they take no resource: traces, the delivery of a workflow's log, alarms of CodeDeploy. */
const WITHOUT_RESOURCE = new Set([
  'cloudwatch:DescribeAlarms',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
]);

const dev = synthesizedStack(ENVIRONMENTS.dev);
const devStatements = statementsByRole(dev);
const functions = Object.values(resourcesOf(dev, 'AWS::Lambda::Function')).map(({ Properties }) => ({
  entry: String(Properties.Handler).replace('.handler', ''),
  role: Properties.Role['Fn::GetAtt'][0] as string,
  tables: tablesIn(Properties.Environment.Variables as Record<string, unknown>),
}));

test('the table of permissions names every function', () => {
  const named = Object.keys(PERMISSIONS).toSorted();
  const why = 'PERMISSIONS in infra/function-permissions.test.ts says what each function may do';
  expect(functions.map(({ entry }) => entry).toSorted(), why).toEqual(named);
});

test.each(functions)('$entry may do what its row says', ({ entry, role }) => {
  const lines = permissionLines(devStatements.get(role) ?? []);
  const [ownLog, ...others] = [
    ...lines.filter((line) => line.includes(': logs:')),
    ...lines.filter((line) => !line.includes(': logs:')),
  ];
  expect(ownLog).toMatch(/^\w+Logs: logs:CreateLogStream logs:PutLogEvents$/u);
  const rows = [...(PERMISSIONS[entry] ?? [])].toSorted();
  expect(others, `what ${constructFileOf(entry)} grants is not the row of ${entry} in PERMISSIONS`).toEqual(rows);
});

/** Requests that are in a function's code and that it never sends: it shares the code with others that do. */
const NEVER_SENT: Readonly<Record<string, readonly string[]>> = {
  'charge-payment': ['dynamodb:Query'],
  'compare-payment': ['dynamodb:Query'],
  'decide-parked-order': ['dynamodb:Query'],
  'payment-webhook': ['dynamodb:Query'],
  'pay-order': ['dynamodb:Query'],
  'refund-payment': ['dynamodb:Query'],
  'refund-return': ['dynamodb:PutItem', 'dynamodb:Query'],
  'relay-outbox': ['dynamodb:Query', 'dynamodb:UpdateItem'],
  'update-baskets': ['dynamodb:DeleteItem'],
};

const ofWorkflows = /\bnew (?:\w+\.)?((?:SendTask|Redrive|Start|Stop|Describe)\w+?)Command\d*\(/gu;
const ofTheBus = /\bnew (?:\w+\.)?(PutEvents)Command\d*\(/gu;
const ofItems = /\bnew (?:\w+\.)?((?:Batch)?(?:Get|Put|Update|Delete|Write))Command\d*\(/gu;
const ofTables = /\bnew (?:\w+\.)?(Query|Scan)Command\d*\(/gu;

/** What the requests in the code need; a transaction's items are not seen, they are what `transact` is given. */
function actionsIn(code: string): string[] {
  return [
    ...namesIn(code, ofWorkflows).map((name) => `states:${name}`),
    ...namesIn(code, ofTheBus).map((name) => `events:${name}`),
    ...namesIn(code, ofItems).map((name) => `dynamodb:${name}Item`),
    ...namesIn(code, ofTables).map((name) => `dynamodb:${name}`),
  ];
}

const sources = await findEntries('functions');

test.each(functions)(
  '$entry may send every request to a workflow, the bus or a table that is in its code',
  async ({ entry, role }) => {
    const allowed = new Set((devStatements.get(role) ?? []).flatMap(({ Action }) => listOf(Action)));
    const refused = actionsIn(await liveCodeOf(sources.get(entry) ?? '')).filter((action) => !allowed.has(action));
    const where = `what ${entry} may not do yet: allow it in ${constructFileOf(entry)}`;
    expect(refused.toSorted(), where).toEqual([...(NEVER_SENT[entry] ?? [])].toSorted());
  },
);

test.each(functions)('$entry may use every table whose name it is given', ({ entry, role, tables }) => {
  const resources = JSON.stringify((devStatements.get(role) ?? []).map(({ Resource }) => Resource));
  const closed = tables.filter((table) => !resources.includes(`"${table}"`));
  expect(closed, `tables that ${entry} has no permission for: grant it in ${constructFileOf(entry)}`).toEqual([]);
});

/** Logical ids of the tables whose names a function's environment holds. */
function tablesIn(environment: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(environment)
    .filter(([name]) => name.endsWith('_TABLE'))
    .map(([, value]) => (value as { Ref: string }).Ref);
}

describe.each(Object.values(ENVIRONMENTS))('in $name', (settings) => {
  const template = synthesizedStack(settings);

  test('no policy of a role, queue, topic or key has a wildcard in an action', () => {
    const allowed = policyDocuments(template.toJSON() as unknown)
      .flatMap(({ Statement }) => Statement)
      .filter(({ Effect }) => Effect === 'Allow')
      .filter((statement) => !isAccountOwnerOfKey(statement));
    const actions = allowed.flatMap(({ Action }) => listOf(Action));
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('a role may act on all resources only where the action takes none', () => {
    const actions = [...statementsByRole(template).values()]
      .flat()
      .filter(({ Resource }) => listOf(Resource).includes('*'))
      .flatMap(({ Action }) => listOf(Action));
    expect(actions.filter((action) => !WITHOUT_RESOURCE.has(action))).toEqual([]);
  });

  test('an AWS service gets into a queue, a key or a role of ours only on behalf of our account, rule or bus', () => {
    const ofServices = policyDocuments(template.toJSON() as unknown)
      .flatMap(({ Statement }) => Statement)
      .filter(({ Principal }) => /"Service":"(events|cloudwatch|states)\./u.test(JSON.stringify(Principal) ?? ''));
    expect(ofServices.length).toBeGreaterThan(0);
    const acts = ofServices.filter(({ Action }) => Action !== 'kms:DescribeKey'); // looking at a key opens nothing
    expect(
      acts.filter(({ Condition }) => !/aws:Source(Arn|Account)|event-bus:arn/u.test(JSON.stringify(Condition) ?? '')),
    ).toEqual([]);
  });

  test('what a role may do fits into it (IAM quotas: 10,240 characters of inline policies)', () => {
    const lengths = [...statementsByRole(template).values()].map((statements) => JSON.stringify(statements).length);
    expect(lengths.length).toBeGreaterThan(30);
    expect(Math.max(...lengths)).toBeLessThan(10_240);
  });

  test('no role has a policy of AWS attached', () => {
    const roles: TemplateResource[] = Object.values(resourcesOf(template, 'AWS::IAM::Role'));
    const attached = roles.flatMap(({ Properties }) => (Properties.ManagedPolicyArns ?? []) as { Ref?: string }[]);
    // A policy of the stack's own, for operators, is referred to.
    expect(attached.filter(({ Ref }) => Ref === undefined)).toEqual([]);
  });
});

/** Every policy document anywhere in the template. */
function policyDocuments(node: unknown): { Statement: Statement[] }[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = 'Statement' in node && 'Version' in node ? [node as { Statement: Statement[] }] : [];
  return [...own, ...Object.values(node).flatMap(policyDocuments)];
}

/** Without this statement nobody could change the key's policy any more. */
function isAccountOwnerOfKey({ Action, Principal }: Statement): boolean {
  return Action === 'kms:*' && JSON.stringify(Principal).includes(':root');
}
