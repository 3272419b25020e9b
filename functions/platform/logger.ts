import { Logger } from '@aws-lambda-powertools/logger';

/** JSON lines for CloudWatch. Never pass personal or card data: log lines are read by more people than the tables. */
export const logger = new Logger();

/** What every line about an order carries, so that one search shows its whole journey across functions. */
export interface OrderLogContext {
  readonly orderId: string;
  readonly correlationId: string;
}

/**
 * Runs `work` with the order's ids on every line. They are cleared afterwards whatever happens, because the process
 * outlives the invocation and the next order must not be logged under this one's name.
 */
export async function withOrderLog<Result>(order: OrderLogContext, work: () => Promise<Result>): Promise<Result> {
  logger.appendKeys({ orderId: order.orderId, correlationId: order.correlationId });
  try {
    return await work();
  } finally {
    logger.resetKeys();
  }
}
