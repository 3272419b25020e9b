import { afterEach, describe, expect, test, vi } from 'vitest';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { ProductPriceChanged, productPriceChangedSample } from '../../events/product-price-changed.ts';
import { anOrder } from '../../test/testing/builders.ts';
import { orderEvents } from '../../test/testing/order-events.ts';
import { aBatch, bodyOf, failedIds } from '../../test/testing/queue-events.ts';
import { eachEvent, on, type SetAside } from './event-consumer.ts';
import { logger } from './logger.ts';

const order = anOrder();
const { confirmed } = orderEvents(order);
const priceChanged = {
  source: ProductPriceChanged.source,
  detailType: ProductPriceChanged.detailType,
  detail: productPriceChangedSample,
};

const fail = (): Promise<void> => Promise.reject(new RangeError('secret of the failure'));
const setAside = vi.fn<SetAside>();
const handler = eachEvent([on(OrderConfirmed, fail), on(ProductPriceChanged, fail)], { setAside });
const warned = vi.spyOn(logger, 'warn').mockReturnValue(undefined);
const rejected = vi.spyOn(logger, 'error').mockReturnValue(undefined);

afterEach(() => vi.clearAllMocks());

test('an event that could not be worked on is logged under its order, and comes again alone', async () => {
  const answer = await handler(aBatch(bodyOf(confirmed)));
  expect(failedIds(answer)).toEqual(['m-1']);
  const { orderId, correlationId } = order;
  const line = { messageId: 'm-1', attempt: 1, errorName: 'RangeError', orderId, correlationId };
  expect(warned.mock.calls).toEqual([['Event not worked on', line]]);
});

test('an event that is about no order is logged without one', async () => {
  await handler(aBatch(bodyOf(priceChanged)));
  const { correlationId } = productPriceChangedSample;
  const line = { messageId: 'm-1', attempt: 1, errorName: 'RangeError', correlationId };
  expect(warned.mock.calls).toEqual([['Event not worked on', line]]);
});

test('of what is no event of ours nothing is quoted', async () => {
  await handler(aBatch('no JSON', bodyOf({ ...confirmed, detail: { orderId: 'alice@example.com' } })));
  expect(warned).not.toHaveBeenCalled();
  expect(rejected).toHaveBeenCalledTimes(2);
  expect(JSON.stringify(rejected.mock.calls)).not.toMatch(/no JSON|alice/);
});

describe('a message that no repetition can help', () => {
  test('is set aside at once, and what failed beside it comes again', async () => {
    expect(failedIds(await handler(aBatch('no JSON', bodyOf(confirmed))))).toEqual(['m-2']);
    expect(setAside.mock.calls.map(([{ messageId }, { name }]) => [messageId, name])).toEqual([
      ['m-1', 'EventRejected'],
    ]);
  });

  test('comes again when it could not be set aside', async () => {
    setAside.mockRejectedValueOnce(new Error('no queue'));
    expect(failedIds(await handler(aBatch('no JSON', 'no JSON either')))).toEqual(['m-1']);
  });
});
