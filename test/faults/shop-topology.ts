import { readFileSync } from 'node:fs';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import type { EventBridgeService } from '@order-workflow/runtime/services/eventbridge';
import type { MappingSettings } from '@order-workflow/runtime/services/lambda';
import type { SqsService } from '@order-workflow/runtime/services/sqs';
import type { StepFunctionsService } from '@order-workflow/runtime/services/stepfunctions';
import { sourceOf } from './source-patches.ts';

/** What the stack deploys between the functions; the figures are those of infra/constructs. */

const ROLE_ARN = 'arn:aws:iam::000000000000:role/saga';
const ACCOUNT = 'us-east-1:000000000000';
export const STACK = {
  stackName: 'Shop',
  region: 'us-east-1',
  accountId: '000000000000',
  endpointUrl: 'http://aws.test',
} as const;
export const BUS = 'shop';
export const ARCHIVE = 'shop-events';
export const STREAM_ARN = `arn:aws:dynamodb:${ACCOUNT}:table/Outbox/stream/2026-01-01T00:00:00.000`;
export const SAGA_ARN = machineArn('order-saga');
export const CANCELLATION_ARN = machineArn('order-cancellation');
export const CHECKOUT_QUEUE = 'checkout';
export const DEAD_LETTER_QUEUES = ['checkout-dead-letters', 'relay-failures', 'unparked-failures'] as const;

const MACHINES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'order-saga': {
    CreateOrder: 'create-order',
    ReserveInventory: 'reserve-inventory',
    ChargePayment: 'charge-payment',
    ConfirmOrder: 'confirm-order',
    StopOrder: 'stop-order',
    RefundPayment: 'refund-payment',
    ReleaseInventory: 'release-inventory',
    CancelOrder: 'cancel-order',
    ParkOrder: 'park-order',
  },
  'order-cancellation': {
    StopSale: 'stop-sale',
    RefundPayment: 'refund-payment',
    ReleaseInventory: 'release-inventory',
    CancelOrder: 'cancel-order',
    ParkOrder: 'park-order',
  },
};

export function queueArn(name: string): string {
  return `arn:aws:sqs:${ACCOUNT}:${name}`;
}

export function functionArn(name: string): string {
  return `arn:aws:lambda:${ACCOUNT}:function:${name}`;
}

export async function putQueues(sqs: SqsService): Promise<void> {
  for (const name of DEAD_LETTER_QUEUES) await sqs.queues.create(name, { MessageRetentionPeriod: '1209600' }, {});
  await sqs.queues.create(
    CHECKOUT_QUEUE,
    {
      VisibilityTimeout: '90',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn('checkout-dead-letters'), maxReceiveCount: 5 }),
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' },
        ],
      }),
    },
    {},
  );
}

export async function putBus(events: EventBridgeService): Promise<void> {
  await events.rules.declareBus('default');
  await events.rules.declareBus(BUS);
  await events.archives.save({ name: ARCHIVE, busName: BUS, retentionDays: 0, createdAtMs: 0 });
  await events.rules.save({
    name: 'checkout',
    busName: BUS,
    eventPattern: JSON.stringify({
      source: [BasketCheckedOut.source],
      'detail-type': [BasketCheckedOut.detailType],
    }),
    state: 'ENABLED',
    targets: [{ Id: 'queue', Arn: queueArn(CHECKOUT_QUEUE) }],
    declared: true,
  });
  await events.rules.save({
    name: 'execution-failed',
    busName: 'default',
    eventPattern: JSON.stringify({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [SAGA_ARN, CANCELLATION_ARN], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
    }),
    state: 'ENABLED',
    targets: [
      {
        Id: 'function',
        Arn: functionArn('park-failed-execution'),
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        DeadLetterConfig: { Arn: queueArn('unparked-failures') },
      },
    ],
    declared: true,
  });
}

/** Stored unchecked: the check of a definition takes longer than a whole run, and other tests make it. */
export async function putMachines(stepFunctions: StepFunctionsService): Promise<void> {
  for (const [name, steps] of Object.entries(MACHINES)) {
    const nowMs = stepFunctions.clock.nowMs();
    const machine = { arn: machineArn(name), name: `Shop-${name}`, createdMs: nowMs, updatedMs: nowMs };
    const settings = { type: 'STANDARD', tags: {} } as const;
    await stepFunctions.machines.store.save({ ...machine, settings }, definitionOf(name, steps), ROLE_ARN);
  }
}

export const MAPPINGS: readonly MappingSettings[] = [
  {
    uuid: 'checkout',
    mappingArn: '',
    eventSourceArn: queueArn(CHECKOUT_QUEUE),
    functionReference: functionArn('start-order-saga'),
    enabled: true,
    batchSize: 10,
    batchingWindowSeconds: 0,
    reportsBatchItemFailures: true,
    filterPatterns: [],
    maximumConcurrency: 10,
  },
  {
    uuid: 'outbox',
    mappingArn: '',
    eventSourceArn: STREAM_ARN,
    functionReference: functionArn('relay-outbox'),
    enabled: true,
    batchSize: 20,
    batchingWindowSeconds: 0,
    reportsBatchItemFailures: true,
    filterPatterns: ['{"eventName":["INSERT"]}'],
    stream: {
      startingPosition: 'TRIM_HORIZON',
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 8,
      maximumRecordAgeSeconds: 3_600,
      onFailureArn: queueArn('relay-failures'),
    },
  },
];

const definitions = new Map<string, string>();

function definitionOf(name: string, steps: Readonly<Record<string, string>>): string {
  const known = definitions.get(name);
  if (known !== undefined) return known;
  const file = new URL(`../../workflows/${name}.asl.json`, import.meta.url);
  let text = sourceOf(file.href, readFileSync(file, 'utf8'));
  for (const [step, worker] of Object.entries(steps)) text = text.replaceAll(`\${${step}}`, functionArn(worker));
  definitions.set(name, text);
  return text;
}

function machineArn(name: string): string {
  return `arn:aws:states:${ACCOUNT}:stateMachine:Shop-${name}`;
}
