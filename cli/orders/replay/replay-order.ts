import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { BasketCheckedOut } from '../../../events/basket-checked-out.ts';
import { canonicalJson } from '../../../events/canonical-json.ts';
import { eventIdOf } from '../../../events/define-event.ts';
import type { OrderId } from '../../../events/vocabulary.ts';
import type { Deployment } from '../../deployment.ts';
import { NotFound } from '../not-found.ts';

/** The order command as the system stored it, and where. */
export interface StoredCommand {
  readonly command: BasketCheckedOut;
  readonly foundIn: 'outbox' | 'execution';
  /** Set when an execution runs or ran under the order's id: the command is then skipped. */
  readonly executionStatus: string | undefined;
}

const OutboxDetail = z.object({ detail: z.string() });

/**
 * Finds the stored command of an order. EventBridge cannot replay one order of an archive: it filters by time and rule
 * only. The same bytes are in the outbox (30 days) and in the input of the order's execution (90 days).
 * @throws NotFound when neither has it any more.
 */
export async function storedCommand(deployment: Deployment, orderId: OrderId): Promise<StoredCommand> {
  const [row, execution] = await Promise.all([readOutbox(deployment, orderId), deployment.execution(orderId)]);
  const executionStatus = execution?.status;
  if (row !== undefined) return { command: parse(row), foundIn: 'outbox', executionStatus };
  if (execution?.input !== undefined) return { command: parse(execution.input), foundIn: 'execution', executionStatus };
  throw new NotFound(
    `The command of order ${orderId} is neither in the outbox nor in an execution: replay the window of its checkout.`,
  );
}

/** Sends the command to the checkout queue, as the checkout rule would: no other subscriber sees it again. */
export async function replayOrder(deployment: Deployment, { command }: StoredCommand): Promise<void> {
  const envelope = {
    version: '0',
    id: randomUUID(),
    'detail-type': BasketCheckedOut.detailType,
    source: BasketCheckedOut.source,
    time: new Date().toISOString(),
    resources: [],
    detail: JSON.parse(canonicalJson(command)) as unknown,
    'replay-name': `orders-${command.orderId}`,
  };
  await deployment.sqs.send(
    new SendMessageCommand({ QueueUrl: deployment.output('CheckoutQueueUrl'), MessageBody: JSON.stringify(envelope) }),
  );
}

async function readOutbox(deployment: Deployment, orderId: OrderId): Promise<string | undefined> {
  const { Item } = await deployment.dynamoDb.send(
    new GetCommand({
      TableName: deployment.output('OutboxTableName'),
      Key: { eventId: eventIdOf(BasketCheckedOut, orderId) },
    }),
  );
  return OutboxDetail.safeParse(Item).data?.detail;
}

function parse(json: string): BasketCheckedOut {
  return BasketCheckedOut.received.parse(JSON.parse(json));
}
