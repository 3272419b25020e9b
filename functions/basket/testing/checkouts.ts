import { BasketCheckedOut } from '../../../events/basket-checked-out.ts';
import { CHECKOUT } from '../../../test/testing/bad-requests.ts';
import { TEST_TABLES } from '../../../test/testing/dynamodb.ts';
import { ALICE, type TestCaller } from '../../../test/testing/http-events.ts';
import type { BasketWorld } from './basket-under-test.ts';

/** What each checkout begins with: four cups and a pot in Alice's basket, 73.00 EUR together. */
export async function fillBasket(world: BasketWorld): Promise<void> {
  await world.store.clear();
  await world.sells({ sku: 'CUP', priceMinor: 850 }, { sku: 'POT', priceMinor: 3900 });
  await world.putItem('CUP', 4);
  await world.putItem('POT', 1);
}

/** Checks baskets out of a world that need not have started yet, and reads what came of it. */
export function checkoutsIn(worldOf: () => BasketWorld) {
  const outbox = () => worldOf().store.rows(TEST_TABLES.OUTBOX_TABLE);
  return {
    checkOut: (change: object = {}, key = 'key-1', caller: TestCaller = ALICE) =>
      worldOf().send('POST /basket/checkout', {
        caller,
        headers: { 'idempotency-key': key },
        body: { ...CHECKOUT, ...change },
      }),
    outbox,
    commands: async () =>
      (await outbox()).map((row) => BasketCheckedOut.published.parse(JSON.parse(String(row['detail'])))),
    contacts: () => worldOf().store.rows(TEST_TABLES.ORDER_CONTACTS_TABLE),
  };
}
