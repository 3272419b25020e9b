import { describe, expect, test } from 'vitest';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { OrderConfirmed } from '../../events/order-confirmed.ts';
import { checkInvariants, inBoth, INVARIANTS, underWay } from './check-invariants.ts';
import { formatVerdict } from './format-verdict.ts';
import { goodWorld, PARKED, rowWhere, SOLD, without, type World } from './good-world.ts';
import { MUTATIONS } from './mutations/index.ts';

test('a world in which nothing went wrong breaks no rule', () => {
  const verdict = checkInvariants(goodWorld(), true);
  expect(verdict.violations).toEqual([]);
  expect(verdict.skipped).toEqual([]);
});

test.each(MUTATIONS)('%s finds: %s', (rule, _bug, mutate) => {
  const world = goodWorld();
  mutate(world);
  const found = checkInvariants(world, true).violations.filter((violation) => violation.rule === rule);
  expect(found).not.toEqual([]);
  expect(Object.values(found[0]!.keys).join('')).not.toBe('');
});

describe('a number that passes Luhn’s check and is no card', () => {
  const parcel = { carrier: 'Post', trackingNumber: '4242424242424242' };

  test.each<readonly [string, (world: World) => unknown]>([
    ['a tracking number in an order', (world) => Object.assign(rowWhere(world.orders, { orderId: SOLD }), { parcel })],
    [
      'a tracking number in an event',
      (world) => world.deadLetters.push({ queue: 'q', messageId: 'm', body: JSON.stringify({ detail: { parcel } }) }),
    ],
    [
      'a tracking number in JSON inside of JSON',
      (world) => world.logLines.push(JSON.stringify({ body: JSON.stringify({ detail: JSON.stringify({ parcel }) }) })),
    ],
    ['a barcode of 14 digits', (world) => world.logLines.push('{"sku":"40123456789010","also":"54000000000009"}')],
    ['a barcode of 13 digits', (world) => world.logLines.push('{"sku":"4006381330060"}')],
  ])('(%s) breaks no rule', (_what, mutate) => {
    const world = goodWorld();
    mutate(world);
    expect(checkInvariants(world, true).violations.filter(({ rule }) => rule === 'X7')).toEqual([]);
  });

  test('does not hide a card number beside it', () => {
    const world = goodWorld();
    world.logLines.push(JSON.stringify({ parcel, note: '5555555555554444' }));
    expect(checkInvariants(world, true).violations).toMatchObject([{ rule: 'X7' }]);
  });
});

test('every rule has a bug that it finds', () => {
  const proven = new Set(MUTATIONS.map(([rule]) => rule));
  expect(INVARIANTS.map(({ id }) => id).filter((id) => !proven.has(id))).toEqual([]);
  expect(new Set(INVARIANTS.map(({ id }) => id)).size).toBe(INVARIANTS.length);
});

describe('a system in motion', () => {
  test('is held to the rules of every moment alone', () => {
    const world = goodWorld();
    world.queuedMessages = 1;
    rowWhere(world.reservations, { orderId: SOLD }).state = 'HELD';
    const { violations, skipped } = checkInvariants(world, false);
    expect(violations.map(({ rule }) => rule)).toEqual(['O4']);
    expect(skipped.every(({ when }) => when === 'atRest')).toBe(true);
    expect(underWay(world)).toEqual(['1 messages in queues']);
  });

  test('is not accused of stock that moved while it was read', () => {
    const world = goodWorld();
    Object.assign(rowWhere(world.stock, { sku: 'CUP' }), { available: 7, isMoving: true });
    expect(checkInvariants(world, false).violations).toEqual([]);
  });

  test('is accused of what two looks show', () => {
    const seen = { rule: 'S1', keys: { sku: 'CUP' }, because: 'once', rows: [] };
    expect(
      inBoth(
        [seen],
        [
          { ...seen, because: 'again' },
          { ...seen, rule: 'S2' },
        ],
      ),
    ).toEqual([{ ...seen, because: 'again' }]);
  });
});

describe('what waits in a dead-letter queue', () => {
  const deadLetter = (type: string) => ({
    queue: 'queue',
    messageId: 'message',
    body: JSON.stringify({ 'detail-type': type, detail: { orderId: SOLD } }),
  });
  const violated = (world: World) => checkInvariants(world, true).violations.map(({ rule }) => rule);

  test('is no lost checkout when it is the checkout’s event', () => {
    const world = goodWorld();
    without(world.orders, ({ orderId }) => orderId === SOLD);
    expect(violated(world)).toEqual(expect.arrayContaining(['O1', 'X5']));
    world.deadLetters.push(deadLetter(OrderConfirmed.detailType));
    expect(violated(world)).toEqual(expect.arrayContaining(['O1', 'X5']));
    world.deadLetters.push(deadLetter(BasketCheckedOut.detailType));
    expect(violated(world)).not.toContain('O1');
    expect(violated(world)).not.toContain('X5');
  });

  test('is no forgotten order when it is the end of its execution', () => {
    const world = goodWorld();
    rowWhere(world.orders, { orderId: SOLD }).status = 'CANCELLING';
    expect(violated(world)).toContain('O9');
    world.deadLetters.push(deadLetter(OrderConfirmed.detailType));
    expect(violated(world)).toContain('O9');
    world.deadLetters.push(deadLetter('Step Functions Execution Status Change'));
    expect(violated(world)).not.toContain('O9');
  });
});

test('a parked order waits for a person: the system is at rest', () => {
  expect(underWay(goodWorld())).toEqual([]);
});

test('a refund that was made and not noted is left to the operator of its order, who is told "up to"', () => {
  const world = goodWorld();
  const captured = rowWhere(world.ledger, { orderId: PARKED, op: 'CAPTURE' });
  world.ledger.push({ ...captured, op: 'REFUND', seq: 99, key: `${PARKED}:refund:1` });
  world.idempotency.push({
    id: 'refund-payment#hash4',
    status: 'COMPLETED',
    data: { orderId: PARKED, refundId: 're_2' },
  } as (typeof world.idempotency)[number]);
  world.parked[0]!.exposureCertain = false;
  expect(checkInvariants(world, true).violations).toEqual([]);
});

test.each([850, 300])(
  'a parked order lists money of which the bank took %d: the parking of the dispute tells so',
  (taken) => {
    const world = goodWorld();
    const captured = rowWhere(world.ledger, { orderId: PARKED, op: 'CAPTURE' });
    world.ledger.push({ ...captured, op: 'DISPUTE', actor: 'bank', amountMinor: taken, seq: 99 });
    world.parked.push({ ...world.parked[0]!, step: 'Review payment', reason: 'PAYMENT_DISPUTED', exposureMinor: 0 });
    expect(checkInvariants(world, true).violations.filter(({ rule }) => rule.startsWith('M'))).toEqual([]);
  },
);

test('without the provider’s books and the archive, the rules about them are named as not checked', () => {
  const { ledger: _ledger, archive: _archive, acknowledged: _acknowledged, ...rest } = goodWorld();
  const { skipped, violations } = checkInvariants(rest, true);
  expect(violations).toEqual([]);
  expect(skipped.map(({ id }) => id)).toEqual(expect.arrayContaining(['M1', 'M2', 'O1', 'E1', 'X5']));
});

test('the report names rule, keys and rows, and shows no task token', () => {
  const world = goodWorld();
  world.parked[0]!.nextAction = '';
  const text = formatVerdict(checkInvariants(world, true)).join('\n');
  expect(text).toContain('step Refund payment: no step or no next action');
  expect(text).toContain('REFUND_FAILED');
  expect(text).not.toContain('token-of-the-parked-order');
});
