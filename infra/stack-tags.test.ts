import { expect, test } from 'vitest';
import { ENVIRONMENTS } from './config.ts';
import { onlyResource, resourcesOf, synthesizedStack, testStack } from './testing/synthesized-stack.ts';

test('CloudFormation is told to tag all that it makes with the application and the environment', () => {
  expect(testStack(ENVIRONMENTS.prod).tags.tagValues()).toEqual({ application: 'order-workflow', environment: 'prod' });
});

test('the budget of production counts what carries the tag, and tells whom alarms ring at', () => {
  const { Budget, NotificationsWithSubscribers } = onlyResource(
    synthesizedStack(ENVIRONMENTS.prod),
    'AWS::Budgets::Budget',
  ).Properties;
  expect(Budget.CostFilters).toEqual({ TagKeyValue: ['user:application$order-workflow'] });
  expect(Budget.BudgetLimit.Amount).toBeGreaterThan(0);
  for (const { Subscribers } of NotificationsWithSubscribers) {
    expect(Subscribers).toEqual([{ SubscriptionType: 'EMAIL', Address: { Ref: 'AlarmEmail' } }]);
  }
  expect(Object.keys(resourcesOf(synthesizedStack(ENVIRONMENTS.dev), 'AWS::Budgets::Budget'))).toEqual([]);
});
