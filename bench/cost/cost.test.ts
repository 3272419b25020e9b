import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, test } from 'vitest';
import { excesses, readBudget } from './budget.ts';
import { edgeCost } from './edge-cost.ts';
import { consumedUnits, refusedUnits } from './capacity.ts';
import { FunctionCalls, INVOCATION } from './function-calls.ts';
import { measurePaths, type PathUsages } from './measure-paths.ts';
import { ORDER_PATHS } from './order-paths.ts';
import { priced, readPrices, standingCost } from './price-list.ts';
import { stateTransitions } from './state-transitions.ts';
import { NO_USAGE, scaled, sumOf } from './usage.ts';

describe('an order on a running system', () => {
  const budget = readBudget();
  let paths: PathUsages;
  beforeAll(async () => {
    paths = await measurePaths(3, (path, usage) => excesses(path, usage, budget).length > 0);
  }, 300_000);

  test.each(ORDER_PATHS)('$title uses no more of AWS than its budget (npm run cost tells why)', ({ name }) => {
    const excess = excesses(name, paths[name], budget);
    expect(excess, 'use less, or say in bench/cost/budget.json what an order may use').toEqual([]);
  });
});

describe('counting', () => {
  const at = (id: number) => ({ id, previousEventId: id - 1, timestamp: new Date(id) });

  test('a retry is one more state transition', () => {
    const history: HistoryEvent[] = [
      { ...at(1), type: 'ExecutionStarted' },
      { ...at(2), type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'Charge payment' } },
      { ...at(3), type: 'TaskScheduled' },
      { ...at(4), type: 'TaskFailed' },
      { ...at(5), type: 'TaskScheduled' },
      { ...at(6), type: 'TaskSucceeded' },
      { ...at(7), type: 'TaskStateExited', stateExitedEventDetails: { name: 'Charge payment' } },
      { ...at(8), type: 'PassStateEntered', stateEnteredEventDetails: { name: 'Done' } },
    ];
    expect(stateTransitions(history)).toBe(3);
  });

  test('a transaction that a condition refused is billed for each of its items', () => {
    const request = { TransactItems: [{ Put: { TableName: 'Orders' } }, { Update: { TableName: 'Outbox' } }] };
    expect(refusedUnits('TransactWriteItems', request)).toEqual([
      { table: 'Orders', read: 0, write: 2 },
      { table: 'Outbox', read: 0, write: 2 },
    ]);
    expect(refusedUnits('GetItem', { TableName: 'Orders' })).toEqual([]);
  });

  test('units are told by DynamoDB, and reads told apart from writes by the operation', () => {
    const told = { ConsumedCapacity: { TableName: 'Orders', CapacityUnits: 3 } };
    expect(consumedUnits('PutItem', told)).toEqual([{ table: 'Orders', read: 0, write: 3 }]);
    expect(consumedUnits('Query', told)).toEqual([{ table: 'Orders', read: 3, write: 0 }]);
  });

  test('calls are told apart by function and operation, and their write units added up', () => {
    const calls = new FunctionCalls();
    const written = [{ table: 'Orders', read: 0, write: 6 }];
    calls.count('OrdersCreateOrderFunction', 'DynamoDB.TransactWriteItems', written);
    calls.count('OrdersCreateOrderFunction', 'DynamoDB.TransactWriteItems', written);
    calls.count('OrdersCreateOrderFunction', INVOCATION, []);
    expect(calls.all()).toEqual([
      { functionName: 'OrdersCreateOrder', operation: 'DynamoDB.TransactWriteItems', times: 2, writeUnits: 12 },
      { functionName: 'OrdersCreateOrder', operation: INVOCATION, times: 1, writeUnits: 0 },
    ]);
  });

  test('a budget is exceeded only when each of the orders uses more, and the excess says of what', () => {
    const budget = readBudget();
    const limit = budget.confirmed['dynamoDbWriteUnits'] ?? 0;
    const within = { ...NO_USAGE, dynamoDbWriteUnits: limit };
    const above = { ...NO_USAGE, dynamoDbWriteUnits: limit + 1 };
    const details = {
      dynamoDbWriteUnits: new Map([
        ['PutItem Orders', 1],
        ['UpdateItem Orders', limit],
      ]),
    };
    expect(excesses('confirmed', { orders: [above, within], details }, budget)).toEqual([]);
    expect(excesses('confirmed', { orders: [above, above], details }, budget)).toEqual([
      `confirmed: ${limit + 1} dynamoDbWriteUnits, budget ${limit}; most of it: ${limit} UpdateItem Orders, 1 PutItem Orders`,
    ]);
  });

  test('the edge is priced by its rules and by what a browser loads', async () => {
    const prices = readPrices();
    const { rules, month, millionRequests, millionFirstVisits, visit } = await edgeCost(prices);
    expect(rules).toBeGreaterThan(0);
    expect(month).toBe(prices.edge.webAcl.usdPerMonth + rules * prices.edge.rule.usdPerMonth);
    expect(millionRequests).toBeCloseTo(1.6);
    expect(visit.bytes).toBeGreaterThan(10_000);
    expect(millionFirstVisits).toBeGreaterThan(visit.requests * millionRequests);
  });

  test('beside the orders, alarms are billed by their metrics and jobs by their runs', () => {
    const job = scaled({ ...NO_USAGE, lambdaInvocations: 1 }, 2_000_000);
    const month = sumOf([job, { ...NO_USAGE, lambdaInvocations: 3_000_000 }]);
    const stack = { resources: { 'AWS::CloudWatch::Alarm': 20, 'AWS::SQS::Queue': 5 }, queues: 0 };
    const cost = standingCost(month, stack, readPrices());
    expect(cost.resources).toBeCloseTo(2);
    expect(cost.scheduledFunctions).toBeCloseTo(1);
  });

  test('a million of four transitions cost a hundred dollars', () => {
    const cost = priced({ ...NO_USAGE, stateTransitions: 4 }, readPrices(), 1_000_000);
    expect(cost.stateTransitions).toBeCloseTo(100);
    expect(cost.lambdaInvocations).toBe(0);
  });
});
