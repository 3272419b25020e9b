export type Handler = (event: unknown, context: unknown) => unknown;

interface ShopFunction {
  readonly timeoutMs: number;
  readonly load: () => Promise<Handler>;
}

/** As infra/constructs/function-sizes.ts has them. */
const ORDER_STEP_MS = 10_000;
const PAYMENT_STEP_MS = 15_000;
const BATCH_WORKER_MS = 15_000;
const BACKGROUND_JOB_MS = 30_000;

/** The functions that an order meets, with their timeouts. They read their settings when they are loaded. */
export const FUNCTIONS = {
  'start-order-saga': from(() => import('../../functions/orders/start-order-saga.ts'), BATCH_WORKER_MS),
  'create-order': from(() => import('../../functions/orders/create-order.ts'), ORDER_STEP_MS),
  'reserve-inventory': from(() => import('../../functions/inventory/reserve-inventory.ts'), ORDER_STEP_MS),
  'charge-payment': from(() => import('../../functions/payments/charge-payment.ts'), PAYMENT_STEP_MS),
  'confirm-order': from(() => import('../../functions/orders/confirm-order.ts'), ORDER_STEP_MS),
  'stop-order': from(() => import('../../functions/orders/stop-order.ts'), ORDER_STEP_MS),
  'stop-sale': from(() => import('../../functions/orders/stop-sale.ts'), ORDER_STEP_MS),
  'refund-payment': from(() => import('../../functions/payments/refund-payment.ts'), PAYMENT_STEP_MS),
  'release-inventory': from(() => import('../../functions/inventory/release-inventory.ts'), ORDER_STEP_MS),
  'cancel-order': from(() => import('../../functions/orders/cancel-order.ts'), ORDER_STEP_MS),
  'park-order': from(() => import('../../functions/parking/park-order.ts'), ORDER_STEP_MS),
  'park-failed-execution': from(() => import('../../functions/parking/park-failed-execution.ts'), ORDER_STEP_MS),
  'decide-parked-order': from(() => import('../../functions/parking/decide-parked-order.ts'), ORDER_STEP_MS),
  'serve-orders': from(() => import('../../functions/orders/serve-orders.ts'), ORDER_STEP_MS),
  'payment-webhook': from(() => import('../../functions/payments/payment-webhook.ts'), ORDER_STEP_MS),
  'poll-payments': from(() => import('../../functions/payments/poll-payments.ts'), BACKGROUND_JOB_MS),
  'relay-outbox': from(() => import('../../functions/outbox/relay-outbox.ts'), BATCH_WORKER_MS),
  'sweep-outbox': from(() => import('../../functions/outbox/sweep-outbox.ts'), BACKGROUND_JOB_MS),
} as const satisfies Record<string, ShopFunction>;

export type FunctionName = keyof typeof FUNCTIONS;

function from(load: () => Promise<{ readonly handler: unknown }>, timeoutMs: number): ShopFunction {
  let loaded: Promise<Handler> | undefined;
  return { timeoutMs, load: () => (loaded ??= load().then(({ handler }) => handler as Handler)) };
}
