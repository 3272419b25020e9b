import { describe, expect, test } from 'vitest';
import { anOrder } from '../../test/testing/builders.ts';
import { firstRecord, type OrderRecord } from '../orders/order-record.ts';
import { PaymentOutcomeUnknown, PaymentRequestRefused } from '../payments/payment-errors.ts';
import type { PaymentConcern } from '../payments/payment-review.ts';
import type { Aftermath, PaymentGateway, PaymentIntent } from '../payments/provider/payment-gateway.ts';
import { comparePayment } from './compared-payment.ts';

const order = anOrder();
const total = order.totalMinor;
const NOTHING_FOLLOWED: Aftermath = { refunds: [], disputes: [], isFraudSuspected: false };

interface World {
  readonly status?: OrderRecord['status'] | undefined;
  readonly returned?: number;
  /** What the provider received; undefined: it knows no payment. */
  readonly received?: number | undefined;
  readonly aftermath?: Partial<Aftermath>;
  readonly hasRow?: boolean;
  readonly isChargeAttempted?: boolean;
  readonly fails?: Error;
}

async function compared(world: World) {
  const { status, returned, received, aftermath = {}, hasRow = true, isChargeAttempted = true, fails } = world;
  const concerns: PaymentConcern[] = [];
  const asked: string[] = [];
  const intent: PaymentIntent = {
    paymentIntentId: 'pi_1',
    orderId: order.orderId,
    amountMinor: total,
    receivedMinor: received ?? 0,
    currency: order.currency,
    outcome: { kind: 'charged' },
  };
  const answer = (call: string) => {
    asked.push(call);
    return fails === undefined ? Promise.resolve(intent) : Promise.reject(fails);
  };
  const gateway = {
    find: () => answer('find'),
    createIntent: () => answer('createIntent'),
    aftermath: () => Promise.resolve({ ...NOTHING_FOLLOWED, ...aftermath }),
  } as unknown as PaymentGateway;
  const record: OrderRecord = {
    ...firstRecord(order, 'PENDING', order.placedAt),
    ...(status !== undefined && { status }),
    ...(returned !== undefined && { returns: { units: {}, refundMinor: returned } }),
  };
  const parts = {
    ledger: { find: () => Promise.resolve(hasRow ? ({ paymentIntentId: 'pi_1' } as never) : undefined) },
    gateway,
    findOrder: () => Promise.resolve(status === undefined ? undefined : record),
    raise: (concern: PaymentConcern) => Promise.resolve(void concerns.push(concern)),
  };
  const comparison = await comparePayment(parts, order, isChargeAttempted);
  return { comparison, concerns, asked };
}

const refund = (amountMinor: number, standing: 'made' | 'failed' = 'made') => ({
  refundId: 're_1',
  amountMinor,
  standing,
  orderId: order.orderId,
});

describe('the provider agrees', () => {
  test.each<[string, World]>([
    ['with a sold order that is paid', { status: 'CONFIRMED', received: total }],
    [
      'with one of which a part came back',
      { status: 'DELIVERED', returned: 1, received: total, aftermath: { refunds: [refund(1)] } },
    ],
    ['with a cancelled order that was never paid', { status: 'CANCELLED', received: 0 }],
    [
      'with one whose money went back',
      { status: 'CANCELLED', received: total, aftermath: { refunds: [refund(total)] } },
    ],
    [
      'as far as we can tell of a dispute, which is shown elsewhere',
      {
        status: 'CANCELLED',
        received: total,
        aftermath: { disputes: [{ disputeId: 'd', amountMinor: total, standing: 'open' }] },
      },
    ],
  ])('%s', async (_case, world) => {
    const { comparison, concerns } = await compared(world);
    expect(comparison.kind).toBe('agrees');
    expect(concerns).toEqual([]);
  });
});

describe('an operator is shown', () => {
  test.each<[string, World, object]>([
    [
      'money of a cancelled order',
      { status: 'CANCELLED', received: total },
      { kind: 'REFUND_FAILED', exposureMinor: total },
    ],
    [
      'the part of it that did not go back',
      { status: 'CANCELLED', received: total, aftermath: { refunds: [refund(total - 7)] } },
      { kind: 'REFUND_FAILED', exposureMinor: 7 },
    ],
    [
      'all of it when the refund failed',
      { status: 'CANCELLED', received: total, aftermath: { refunds: [refund(total, 'failed')] } },
      { kind: 'REFUND_FAILED', exposureMinor: total },
    ],
    [
      'money of a cancelled order that no row names',
      { status: 'CANCELLED', received: total, hasRow: false },
      { kind: 'REFUND_FAILED', exposureMinor: total },
    ],
    ['a sold order that nobody paid', { status: 'CONFIRMED', received: 0 }, { kind: 'REFUNDED_BY_OTHERS' }],
    [
      'a sold order whose money went back',
      { status: 'SHIPPED', received: total, aftermath: { refunds: [refund(total)] } },
      { kind: 'REFUNDED_BY_OTHERS' },
    ],
  ])('%s', async (_case, world, concern) => {
    const { comparison, concerns } = await compared(world);
    expect(comparison.kind).toBe('parked');
    expect(concerns).toMatchObject([{ orderId: order.orderId, currency: order.currency, ...concern }]);
  });
});

test.each(['PENDING', 'AWAITING_CUSTOMER', 'CANCELLING'] as const)(
  'an order that is %s is left alone',
  async (status) => {
    const { comparison, concerns } = await compared({ status, received: total });
    expect(comparison).toMatchObject({ kind: 'open', heldMinor: total });
    expect(concerns).toEqual([]);
  },
);

test('the provider is not asked about a payment that nobody ever tried to make', async () => {
  const { comparison, asked } = await compared({ status: 'CANCELLED', hasRow: false, isChargeAttempted: false });
  expect(asked).toEqual([]);
  expect(comparison).toMatchObject({ kind: 'agrees', heldMinor: 0 });
});

test('a payment that the provider would never take is none', async () => {
  const fails = new PaymentRequestRefused('resource_missing', 'paymentMethod', {});
  expect((await compared({ status: 'CANCELLED', hasRow: false, fails })).comparison.kind).toBe('agrees');
});

test('a provider that does not answer is no answer', async () => {
  await expect(compared({ status: 'CANCELLED', fails: new PaymentOutcomeUnknown('down') })).rejects.toThrow('down');
});
