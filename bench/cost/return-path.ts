import { setTimeout as delay } from 'node:timers/promises';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { askAdmin } from '../../cli/admin-routes.ts';
import { bookReturn } from '../../cli/orders/returns/order-returns.ts';
import type { System } from '../../cli/system.ts';
import { isErrorNamed } from '../../functions/platform/errors.ts';
import { returnExecutionOf } from '../../functions/orders/returns/return-workflow.ts';

/** Something that is done with an order which has ended, and is measured in its place. */
export interface Sequel {
  /** Before it begins. */
  prepare(system: System, orderId: string): Promise<void>;
  /** @returns ARN of its execution, which has ended. */
  walk(system: System, orderId: string): Promise<string>;
}

const TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/** All that was shipped comes back, goes into the stock again and is refunded. */
export const RETURN: Sequel = {
  async prepare({ deployment }, orderId) {
    await askAdmin(
      deployment,
      {
        route: 'POST /orders/{orderId}/shipments',
        params: { orderId },
        body: { carrier: 'DHL', trackingNumber: 'COST-1' },
        actor: 'bench',
        servedBy: 'ServeOrdersFunctionName',
      },
      z.unknown(),
    );
  },

  async walk(system, orderId) {
    const wanted = { everything: 'RESTOCK' } as const;
    const booking = { wanted, reason: 'measured', actor: 'bench', key: `return-${orderId}` };
    const { returnId } = await bookReturn(system.deployment, orderId, booking);
    const machineArn = system.deployment.output('ReturnStateMachineArn');
    const executionArn = `${machineArn.replace(':stateMachine:', ':execution:')}:${returnExecutionOf(orderId, returnId, 0)}`;
    await ended(system, executionArn);
    return executionArn;
  },
};

/** @throws Error when it ends otherwise than well, or not within a minute. */
async function ended({ deployment }: System, executionArn: string): Promise<void> {
  for (const untilMs = Date.now() + TIMEOUT_MS; Date.now() < untilMs; await delay(POLL_MS)) {
    const status = await statusOf(deployment, executionArn);
    if (status === 'SUCCEEDED') return;
    if (status !== undefined && status !== 'RUNNING') throw new Error(`The return ended as ${status}`);
  }
  throw new Error(`The return did not end within ${TIMEOUT_MS} ms`);
}

/** Undefined until its event has started it. */
async function statusOf({ stepFunctions }: System['deployment'], executionArn: string): Promise<string | undefined> {
  try {
    return (await stepFunctions.send(new DescribeExecutionCommand({ executionArn }))).status;
  } catch (error) {
    if (isErrorNamed(error, 'ExecutionDoesNotExist')) return undefined;
    throw error;
  }
}
