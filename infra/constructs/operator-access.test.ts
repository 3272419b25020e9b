import { expect, test } from 'vitest';
import { ENVIRONMENTS } from '../config.ts';
import { permissionLines, type Statement } from '../testing/permissions.ts';
import { onlyResource, resourcesOf, synthesizedStack } from '../testing/synthesized-stack.ts';

const prod = synthesizedStack(ENVIRONMENTS.prod);
const statements = onlyResource(prod, 'AWS::IAM::ManagedPolicy').Properties.PolicyDocument.Statement as Statement[];
const lines = permissionLines(statements);

const role = Object.entries(resourcesOf(prod, 'AWS::IAM::Role')).find(([id]) => id.startsWith('OperatorsRole'))![1];

test('the role is taken on with a second factor, in a session of one’s own name, by people of this account alone', () => {
  const [statement, ...others] = role.Properties.AssumeRolePolicyDocument.Statement;
  expect(others).toEqual([]);
  expect(statement).toMatchObject({
    Action: 'sts:AssumeRole',
    Condition: {
      Bool: { 'aws:MultiFactorAuthPresent': 'true' },
      StringLike: { 'sts:RoleSessionName': '${aws:username}' },
    },
  });
  expect(JSON.stringify(statement.Principal)).toContain('AWS::AccountId');
  const [[policyId] = []] = Object.entries(resourcesOf(prod, 'AWS::IAM::ManagedPolicy'));
  expect(role.Properties.ManagedPolicyArns).toEqual([{ Ref: policyId }]);
});

test('it finds and repairs orders, reads no secret and no address, and changes nothing that is deployed', () => {
  const actions = [...new Set(statements.flatMap(({ Action }) => Action))].toSorted();
  expect(actions).toEqual([
    'cloudformation:DescribeStacks',
    'dynamodb:BatchGetItem',
    'dynamodb:GetItem',
    'dynamodb:Query',
    'events:DescribeArchive',
    'events:DescribeReplay',
    'events:StartReplay',
    'lambda:InvokeFunction',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ListMessageMoveTasks',
    'sqs:ReceiveMessage',
    'sqs:SendMessage',
    'sqs:StartMessageMoveTask',
    'states:DescribeExecution',
    'states:GetExecutionHistory',
    'states:ListExecutions',
    'states:RedriveExecution',
  ]);
  expect(lines.filter((line) => line.includes('dynamodb'))).toEqual([
    'OrdersTable: dynamodb:BatchGetItem dynamodb:GetItem dynamodb:Query',
    'OutboxTable: dynamodb:BatchGetItem dynamodb:GetItem dynamodb:Query',
  ]);
  expect(statements.every(({ Resource }) => JSON.stringify(Resource) !== '"*"')).toBe(true);
});

test('it calls the functions of operators and no step of an order', () => {
  const called = statements.filter(({ Action }) => [Action].flat().includes('lambda:InvokeFunction'));
  const aliases = JSON.stringify(called.map(({ Resource }) => Resource)).match(/[A-Z]\w+Live\w*/gu) ?? [];
  expect(aliases.map((id) => id.replace(/Live\w*$/u, '')).toSorted()).toEqual([
    'AdminServeAdmin',
    'InventoryServeInventory',
    'OrdersDecideParkedOrder',
    'OrdersServeOrders',
    'OutboxSweepOutbox',
    'PaymentsCheckWebhook',
  ]);
});
