import type { BasketCheckedOut } from '../../../events/basket-checked-out.ts';
import { TEST_TABLES } from '../../../test/testing/dynamodb.ts';
import { anEvent, type PaymentWorld } from './payments-under-test.ts';

/** What waits for its customer, and the provider's event that the customer has confirmed. */
export interface WaitingOrder {
  readonly order: BasketCheckedOut;
  readonly intentId: string;
  readonly event: ReturnType<typeof anEvent>;
}

/** Lets an order wait for its customer. @param order with a payment method that the customer must confirm */
export async function orderAwaitingCustomer(world: PaymentWorld, order: BasketCheckedOut): Promise<WaitingOrder> {
  await world.createOrder(order);
  await world.charge(order);
  const intentId = (await world.intents(order))[0]!.id;
  return { order, intentId, event: anEvent(order, intentId) };
}

/** The deliveries that the webhook remembers. */
export function inboxOf({ store }: PaymentWorld): Promise<Record<string, unknown>[]> {
  return store.rows(TEST_TABLES.WEBHOOK_INBOX_TABLE);
}
