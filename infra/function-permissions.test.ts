import { expect, test } from 'vitest';
import { ENVIRONMENTS } from './config.ts';
import { constructFileOf } from './testing/construct-files.ts';
import { permissionLines, statementsByRole } from './testing/permissions.ts';
import { synthesizedStack } from './testing/synthesized-stack.ts';
import { functionsOf } from './testing/template-functions.ts';

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
  'follow-provider-events': [
    'UndeliveredRunsQueue: sqs:SendMessage',
    ORDERS,
    OUTBOX,
    PAYMENT_SECRET,
    'PaymentsTable: dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem',
    'WebhookInboxTable: dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem',
    TASK_ANSWERS,
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
  'poll-payments': [
    'UndeliveredRunsQueue: sqs:SendMessage',
    ORDERS,
    OUTBOX,
    PAYMENT_SECRET,
    'PaymentsTable/index/OpenIndex: dynamodb:Query',
    'PaymentsTable: dynamodb:GetItem dynamodb:UpdateItem',
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
    'OutboxTable: dynamodb:BatchWriteItem dynamodb:UpdateItem',
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
    'OutboxTable: dynamodb:BatchWriteItem dynamodb:Scan dynamodb:UpdateItem',
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

const dev = synthesizedStack(ENVIRONMENTS.dev);
const devStatements = statementsByRole(dev);
const functions = functionsOf(dev);

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
