import { afterAll, beforeAll, expect, test } from 'vitest';
import { violationsOf } from './everything-again.ts';
import { Lab } from './lab.ts';
import { customerConfirms, orderOf } from './scenarios.ts';
import { snapshotOf } from './world-snapshot.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

test('a copy of an old attempt to charge, while its customer is asked, does not cost the sale', async () => {
  const world = await lab.newWorld([
    { point: 'charge-payment#1', mode: 'repeatedLater' },
    { point: 'charge-payment/DynamoDB.PutItem(Payments)#1', mode: 'crashBefore' },
  ]);
  await world.stock({ CUP: 1 });
  const order = orderOf({ CUP: 1 }, 'pm_card_threeDSecure2Required');
  // Later than the copy, which so is the last that brings its token.
  world.actors.push(customerConfirms(order, 60_000));
  await world.checkOut(order);
  await world.untilAtRest();
  const after = await snapshotOf(world);
  expect(world.injector.fired.size).toBe(2);
  expect(after.payments[0]).toMatchObject({ state: 'CHARGED', attempt: 2 });
  expect(after.orders).toMatchObject([{ status: 'CONFIRMED' }]);
  expect(violationsOf(after)).toEqual([]);
});
