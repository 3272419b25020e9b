import { describe, expect, test } from 'vitest';
import { BasketCheckedOut } from '../events/basket-checked-out.ts';
import { FailedRefundSettled } from '../events/failed-refund-settled.ts';
import { OrderCancelled } from '../events/order-cancelled.ts';
import { OrderConfirmed } from '../events/order-confirmed.ts';
import { OrderDelivered } from '../events/order-delivered.ts';
import { OrderParked } from '../events/order-parked.ts';
import { OrderRefunded } from '../events/order-refunded.ts';
import { OrderReturned } from '../events/order-returned.ts';
import { OrderShipped } from '../events/order-shipped.ts';
import { PaymentActionRequired } from '../events/payment-action-required.ts';
import { PaymentMethodRequired } from '../events/payment-method-required.ts';
import { ParcelCorrected } from '../events/parcel-corrected.ts';
import { ParcelDelivered } from '../events/parcel-delivered.ts';
import { ParcelShipped } from '../events/parcel-shipped.ts';
import { ProductPriceChanged } from '../events/product-price-changed.ts';
import { ENVIRONMENTS } from './config.ts';
import {
  functionBehind,
  type TemplateResource,
  onlyResource,
  placeholderFunctions,
  resourcesOf,
  synthesizedStack,
} from './testing/synthesized-stack.ts';
import { TABLE_SCHEMAS } from './table-schemas.ts';

const dev = synthesizedStack(ENVIRONMENTS.dev);
const prod = synthesizedStack(ENVIRONMENTS.prod);
const environments = [
  ['dev', dev],
  ['prod', prod],
] as const;

const FOURTEEN_DAYS_SECONDS = 14 * 24 * 60 * 60;

describe.each(environments)('in %s', (_name, template) => {
  const queues = resourcesOf(template, 'AWS::SQS::Queue');
  const functions = Object.values(resourcesOf(template, 'AWS::Lambda::Function'));
  const rules = Object.values(resourcesOf(template, 'AWS::Events::Rule'));
  const queuePolicies = Object.values(resourcesOf(template, 'AWS::SQS::QueuePolicy'));
  const mappings = Object.values(resourcesOf(template, 'AWS::Lambda::EventSourceMapping'));
  const isWorkQueue = ({ Properties }: TemplateResource) => Properties.RedrivePolicy !== undefined;

  test('every queue has a dead-letter queue or is one, which keeps messages as long as SQS can', () => {
    for (const queue of Object.values(queues).filter(isWorkQueue)) {
      const { deadLetterTargetArn, maxReceiveCount } = queue.Properties.RedrivePolicy;
      expect(maxReceiveCount).toBeGreaterThanOrEqual(5);
      expect(queues[deadLetterTargetArn['Fn::GetAtt'][0]]?.Properties.MessageRetentionPeriod).toBe(
        FOURTEEN_DAYS_SECONDS,
      );
    }
    const others = Object.values(queues).filter((queue) => !isWorkQueue(queue));
    expect(others.map(({ Properties }) => Properties.MessageRetentionPeriod)).toEqual(
      others.map(() => FOURTEEN_DAYS_SECONDS),
    );
  });

  test('every queue is encrypted and refuses what does not come over TLS', () => {
    for (const [logicalId, { Properties }] of Object.entries(queues)) {
      expect(Properties.SqsManagedSseEnabled === true || Properties.KmsMasterKeyId !== undefined).toBe(true);
      expect(statementsOn(logicalId)).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    }
  });

  function statementsOn(queueId: string): object[] {
    return queuePolicies
      .filter(({ Properties }) => Properties.Queues[0].Ref === queueId)
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as object[]);
  }

  test('every rule target has a dead-letter queue that lets exactly this rule in', () => {
    expect(rules.length).toBeGreaterThan(0);
    for (const [ruleId, { Properties }] of Object.entries(resourcesOf(template, 'AWS::Events::Rule'))) {
      for (const target of Properties.Targets) {
        expect(statementsOn(target.DeadLetterConfig.Arn['Fn::GetAtt'][0])).toContainEqual(
          expect.objectContaining({
            Action: 'sqs:SendMessage',
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [ruleId, 'Arn'] } } },
          }),
        );
        expect(target.RetryPolicy).toBeDefined();
      }
    }
  });

  test('every function runs on Node 24, arm64, with JSON logs that end and a role and log group of its own', () => {
    const logGroups = resourcesOf(template, 'AWS::Logs::LogGroup');
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        LoggingConfig: { LogFormat: 'JSON' },
      });
      expect(logGroups[Properties.LoggingConfig.LogGroup.Ref]?.Properties.RetentionInDays).toBeGreaterThan(0);
    }
    const own = (pick: (properties: TemplateResource['Properties']) => unknown) =>
      new Set(functions.map(({ Properties }) => JSON.stringify(pick(Properties)))).size;
    expect(own(({ Role }) => Role)).toBe(functions.length);
    expect(own(({ LoggingConfig }) => LoggingConfig)).toBe(functions.length);
  });

  test('a queue hides a message for at least six times the timeout of the function that works on it', () => {
    const queueMappings = mappings.filter(({ Properties }) => queues[Properties.EventSourceArn['Fn::GetAtt'][0]]);
    expect(queueMappings.length).toBeGreaterThan(0);
    for (const { Properties } of queueMappings) {
      const queue = queues[Properties.EventSourceArn['Fn::GetAtt'][0]]!;
      const worker = functionBehind(template, Properties.FunctionName);
      expect(queue.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * worker.Properties.Timeout);
      expect(Properties).toMatchObject({
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: expect.any(Number) },
      });
      expect(Properties.FilterCriteria).toBeUndefined(); // SQS deletes what a filter refuses
    }
  });

  const readers = mappings.filter(({ Properties }) => Properties.EventSourceArn['Fn::GetAtt'][1] === 'StreamArn');

  test('a reader of the outbox stream isolates what fails, tries it for as long as it is there, and tells before', () => {
    expect(readers).toHaveLength(2);
    for (const { Properties } of readers) {
      expect(Properties).toMatchObject({
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: -1, // infinite
        MaximumRecordAgeInSeconds: 23 * 3600,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        DestinationConfig: { OnFailure: { Destination: expect.anything() } },
      });
      expect(Properties.BatchSize).toBeGreaterThanOrEqual(10);
    }
  });

  test('an event that a workflow begins with is published at once, each other one with what follows in a second', () => {
    const starting = [BasketCheckedOut.detailType, OrderReturned.detailType];
    const read = readers.map(({ Properties }) => ({
      from: Properties.StartingPosition,
      withinSeconds: Properties.MaximumBatchingWindowInSeconds ?? 0,
      filters: Properties.FilterCriteria.Filters.map(
        ({ Pattern }: { Pattern: string }) => JSON.parse(Pattern) as unknown,
      ),
    }));
    const inserted = (...detailTypes: readonly unknown[]) =>
      detailTypes.map((S) => ({ eventName: ['INSERT'], dynamodb: { NewImage: { detailType: { S } } } }));
    expect(read).toEqual([
      { from: 'TRIM_HORIZON', withinSeconds: 0, filters: inserted(starting) },
      {
        from: 'TRIM_HORIZON',
        withinSeconds: 1,
        filters: inserted([{ 'anything-but': starting }], [{ exists: false }]),
      },
    ]);
  });

  test('no two mappings have the same source and function: Lambda would refuse the second', () => {
    const pairs = mappings.map(({ Properties: { EventSourceArn, FunctionName } }) =>
      JSON.stringify([EventSourceArn, FunctionName]),
    );
    expect(pairs.filter((pair, index) => pairs.indexOf(pair) < index)).toEqual([]);
  });

  test('every table is on demand and can be restored to any second', () => {
    const tables = Object.values(resourcesOf(template, 'AWS::DynamoDB::GlobalTable'));
    expect(tables).toHaveLength(Object.keys(TABLE_SCHEMAS).length);
    for (const { Properties } of tables) {
      expect(Properties.BillingMode).toBe('PAY_PER_REQUEST');
      expect(Properties.Replicas[0].PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
    }
  });

  test('checkouts are subscribed to on the shop bus by source and detail type', () => {
    expect(rules.map(({ Properties }) => Properties)).toContainEqual(
      expect.objectContaining({
        EventBusName: { Ref: 'EventBus' },
        EventPattern: { source: ['shop.basket'], 'detail-type': [BasketCheckedOut.detailType] },
      }),
    );
  });

  test('a checkout is tried for hours before it is given up, as a broken shop is no reason to lose it', () => {
    const { VisibilityTimeout, RedrivePolicy, MessageRetentionPeriod } = Object.entries(queues).find(([logicalId]) =>
      logicalId.startsWith('OrderingCheckoutWorkQueue'),
    )![1].Properties;
    const triedForSeconds = VisibilityTimeout * RedrivePolicy.maxReceiveCount;
    expect(VisibilityTimeout).toBeLessThanOrEqual(60);
    expect(triedForSeconds).toBeGreaterThan(8 * 3600);
    expect(triedForSeconds).toBeLessThan(MessageRetentionPeriod);
  });

  test('what changes baskets is subscribed to by content too, on a rule and a queue of its own', () => {
    expect(rules.map(({ Properties }) => Properties.EventPattern)).toContainEqual({
      source: ['shop.catalog', 'shop.orders'],
      'detail-type': [ProductPriceChanged.detailType, OrderCancelled.detailType],
      detail: { schemaVersion: [1] },
    });
  });

  test('refunds of returns and mails follow the order service on rules and queues of their own, mails without replays', () => {
    const ofOrders = rules
      .map(({ Properties }) => Properties.EventPattern)
      .filter((pattern) => pattern?.source?.[0] === 'shop.orders');
    expect(ofOrders).toHaveLength(2);
    expect(ofOrders).toContainEqual({ source: ['shop.orders'], 'detail-type': [OrderReturned.detailType] });
    expect(ofOrders).toContainEqual({
      source: ['shop.orders'],
      'detail-type': [
        PaymentActionRequired.detailType,
        PaymentMethodRequired.detailType,
        OrderConfirmed.detailType,
        OrderCancelled.detailType,
        OrderParked.detailType,
        FailedRefundSettled.detailType,
        OrderRefunded.detailType,
        ParcelShipped.detailType,
        ParcelCorrected.detailType,
        OrderShipped.detailType,
        ParcelDelivered.detailType,
        OrderDelivered.detailType,
      ],
      'replay-name': [{ exists: false }],
    });
  });

  test('an execution that breaks is told to the function that parks its order', () => {
    const rule = rules.find(({ Properties }) => Properties.EventPattern?.source?.[0] === 'aws.states');
    expect(rule?.Properties.EventPattern.detail).toEqual({
      stateMachineArn: [
        { Ref: 'OrderSagaMachine' },
        { Ref: 'OrderCancellationMachine' },
        { Ref: 'OrderReturnMachine' },
      ],
      status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
    });
  });

  test('nothing in the template is deployed by a custom resource', () => {
    const types = Object.values((template.toJSON() as { Resources: Record<string, TemplateResource> }).Resources);
    expect(types.filter(({ Type }) => /^Custom::|CustomResource/u.test(Type))).toEqual([]);
  });
});

describe('production', () => {
  test('keeps its data when the stack goes, and refuses to let tables go', () => {
    for (const { Properties, DeletionPolicy } of Object.values(resourcesOf(prod, 'AWS::DynamoDB::GlobalTable'))) {
      expect(DeletionPolicy).toBe('RetainExceptOnCreate');
      expect(Properties.Replicas[0].DeletionProtectionEnabled).toBe(true);
    }
  });

  test('encrypts tables, queues, bus, archive and secrets with its own key', () => {
    const key = { 'Fn::GetAtt': ['EncryptionKey', 'Arn'] };
    expect(onlyResource(prod, 'AWS::Events::EventBus').Properties.KmsKeyIdentifier).toEqual(key);
    expect(onlyResource(prod, 'AWS::Events::Archive').Properties.KmsKeyIdentifier).toEqual(key);
    for (const { Properties } of Object.values(resourcesOf(prod, 'AWS::SecretsManager::Secret'))) {
      expect(Properties.KmsKeyId).toEqual(key);
    }
    for (const { Properties } of Object.values(resourcesOf(prod, 'AWS::SQS::Queue'))) {
      expect(Properties.KmsMasterKeyId).toEqual(key);
    }
    for (const { Properties } of Object.values(resourcesOf(prod, 'AWS::DynamoDB::GlobalTable'))) {
      expect(Properties.Replicas[0].SSESpecification).toEqual({ KMSMasterKeyId: key });
    }
  });

  test('a token that was revoked is good for a quarter of an hour at most', () => {
    const clients = Object.values(resourcesOf(prod, 'AWS::Cognito::UserPoolClient'));
    expect(clients.length).toBeGreaterThan(0);
    for (const { Properties } of clients) {
      const { AccessTokenValidity, IdTokenValidity, TokenValidityUnits, EnableTokenRevocation } = Properties;
      expect(TokenValidityUnits).toMatchObject({ AccessToken: 'minutes', IdToken: 'minutes' });
      expect(Math.max(AccessTokenValidity as number, IdTokenValidity as number)).toBeLessThanOrEqual(15);
      expect(EnableTokenRevocation).toBe(true);
    }
  });

  test('rings at the address that its deployment gives', () => {
    const topics = Object.keys(resourcesOf(prod, 'AWS::SNS::Topic'));
    const alarms = Object.values(resourcesOf(prod, 'AWS::CloudWatch::Alarm'));
    expect(alarms.map(({ Properties }) => Properties.AlarmActions)).toEqual(alarms.map(() => [{ Ref: topics[0] }]));
    expect(onlyResource(prod, 'AWS::SNS::Subscription').Properties.Endpoint).toEqual({ Ref: 'AlarmEmail' });
  });
});

test('a deployment archives the source maps of its code and says where', () => {
  const template = synthesizedStack(ENVIRONMENTS.prod, { sourceMapsFolder: placeholderFunctions() });
  const url: unknown = template.findOutputs('SourceMapsUrl')['SourceMapsUrl']?.['Value'];
  expect(url).toEqual({ 'Fn::Sub': expect.stringMatching(/^s3:\/\/cdk-.*\.zip$/) });
});
