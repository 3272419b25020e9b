import * as z from 'zod';
import { askAdmin } from '../admin-routes.ts';
import type { Deployment } from '../deployment.ts';
import { OrderRow } from '../order-progress.ts';

/** What the shop's read model says of one order, as far as it is printed; the rest is kept for `--json`. */

const Attempt = z.looseObject({
  scheduledAt: z.string(),
  submittedAt: z.string().optional(),
  endedAt: z.string().optional(),
  error: z.string().optional(),
  cause: z.string().optional(),
});
export type Attempt = z.infer<typeof Attempt>;

const Step = z.looseObject({
  name: z.string(),
  state: z.string(),
  undoes: z.string().optional(),
  cameFrom: z.string().optional(),
  enteredAt: z.string(),
  exitedAt: z.string().optional(),
  attempts: z.array(Attempt),
  nextTry: z.looseObject({ attempt: z.number(), earliestAt: z.string(), latestAt: z.string() }).optional(),
  input: z.string().optional(),
  output: z.string().optional(),
});
export type Step = z.infer<typeof Step>;

const Graph = z.looseObject({
  startAt: z.string(),
  states: z.array(z.looseObject({ name: z.string(), type: z.string() })),
  transitions: z.array(
    z.looseObject({ from: z.string(), to: z.string(), kind: z.string(), errors: z.array(z.string()).optional() }),
  ),
});

const Workflow = z.looseObject({
  name: z.string(),
  executionArn: z.string(),
  status: z.string(),
  startedAt: z.string().optional(),
  stoppedAt: z.string().optional(),
  error: z.string().optional(),
  steps: z.array(Step),
  graph: Graph,
});
export type Workflow = z.infer<typeof Workflow>;

const Parking = z.looseObject({
  reason: z.string(),
  step: z.string(),
  since: z.string(),
  exposureMinor: z.number(),
  exposureCertain: z.boolean(),
  currency: z.string(),
  isOpen: z.boolean(),
});

const OrderTrace = z.looseObject({
  orderId: z.string(),
  order: OrderRow.loose().optional(),
  journey: z.array(
    z.looseObject({
      status: z.string(),
      at: z.string(),
      reason: z.string().optional(),
      actor: z.string().optional(),
    }),
  ),
  workflows: z.array(Workflow),
  parked: z.array(Parking),
  payment: z
    .looseObject({
      state: z.string(),
      amountMinor: z.number(),
      currency: z.string(),
      paymentIntentId: z.string().optional(),
      declineCode: z.string().optional(),
      refundId: z.string().optional(),
    })
    .optional(),
  providerError: z.string().optional(),
  reservation: z
    .looseObject({
      state: z.string(),
      lines: z.array(z.looseObject({ sku: z.string(), quantity: z.number() })),
    })
    .optional(),
  events: z.array(
    z.looseObject({
      detailType: z.string(),
      createdAt: z.string(),
      delivery: z.string().optional(),
      delayMs: z.number().optional(),
    }),
  ),
  mails: z.array(z.looseObject({ kind: z.string(), state: z.string(), sentAt: z.string().optional() })),
  books: z.looseObject({ verdict: z.string(), text: z.string(), faults: z.array(z.string()) }),
});
export type OrderTrace = z.infer<typeof OrderTrace>;

/** Undefined when nobody knows the order. */
export function readOrderTrace(deployment: Deployment, orderId: string): Promise<OrderTrace | undefined> {
  return askAdmin(deployment, { route: 'GET /admin/orders/{orderId}/trace', params: { orderId } }, OrderTrace);
}

/** Every workflow of the order has stopped, well or badly. */
export function isOver({ workflows }: OrderTrace): boolean {
  return workflows.length > 0 && workflows.every(({ status }) => status !== 'RUNNING');
}

/** The steps of all its workflows, in the order of their entry. */
export function stepsOf({ workflows }: OrderTrace): Step[] {
  return workflows.flatMap(({ steps }) => steps);
}
