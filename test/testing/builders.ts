import { BasketCheckedOut, basketCheckedOutSample, totalOf } from '../../events/basket-checked-out.ts';
import { eventIdOf } from '../../events/define-event.ts';
import { OrderId, Sku } from '../../events/vocabulary.ts';

/** What a test may say about an order; everything else is fixed. */
export interface OrderTraits {
  readonly orderId?: string;
  readonly customerId?: string;
  readonly lines?: readonly { readonly sku: string; readonly quantity: number; readonly unitPriceMinor?: number }[];
  readonly paymentMethodId?: string;
  readonly currency?: string;
  readonly allowPaymentRetry?: true | undefined;
}

/** A valid order command; its total follows from its lines. */
export function anOrder({
  orderId = basketCheckedOutSample.orderId,
  lines,
  ...traits
}: OrderTraits = {}): BasketCheckedOut {
  const pricedLines = (lines ?? basketCheckedOutSample.lines).map((line) => ({ unitPriceMinor: 1000, ...line }));
  return BasketCheckedOut.published.parse({
    ...basketCheckedOutSample,
    ...traits,
    eventId: eventIdOf(BasketCheckedOut, OrderId.parse(orderId)),
    orderId,
    lines: pricedLines,
    totalMinor: totalOf(pricedLines),
  });
}

/** The n-th of a row of order ids, for tests with several orders. */
export function anOrderId(n: number): OrderId {
  return OrderId.parse(`01K2Z5N8W0${String(n).padStart(16, '0')}`);
}

export function aStockRow(sku: string, available: number, onHold = 0) {
  return { sku: Sku.parse(sku), available, onHold, version: 1 };
}

/** The Lambda context that a handler test passes. */
export function aLambdaContext(remainingMs = 10_000) {
  return {
    functionName: 'function-under-test',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:function-under-test',
    memoryLimitInMB: '256',
    awsRequestId: 'request-1',
    logGroupName: '/aws/lambda/function-under-test',
    logStreamName: 'stream-1',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => remainingMs,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
