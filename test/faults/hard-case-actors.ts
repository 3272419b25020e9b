import { API_VERSION } from '@order-workflow/payment-sandbox';
import { BY_CUSTOMER } from '@order-workflow/payment-sandbox/in-process';
import { executionArn } from '@order-workflow/runtime/services/stepfunctions';
import type { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { once } from './actors.ts';
import { outsideFunctions } from './function-host.ts';
import type { World } from './world.ts';

/** What people and late copies do in the hard cases, and in no scenario. */

/** The provider takes its time over the charge, and the customer does not wait for it. */
export function cancelWhileCharged(world: World, { orderId, customerId }: BasketCheckedOut): void {
  world.provider.behaviours.arm({ kind: 'delay', operation: 'confirm', ms: 2_000 });
  const isBegun = (): boolean => world.provider.intents.list({ orderId }).length > 0;
  const cancel = (): void => void world.request('POST /orders/{orderId}/cancel', orderId, customerId);
  world.actors.push(once(isBegun, cancel));
}

/** The first attempt to charge, which slept until now; nobody waits for it any more. */
export async function lateCharge({ host, time, topology }: World, order: BasketCheckedOut): Promise<void> {
  const payload = {
    order,
    executionArn: executionArn(topology.sagaArn, order.orderId),
    taskToken: 'token-of-the-sleeper',
    earlierAttempts: 0,
  };
  await time.passUntil(outsideFunctions(() => host.invoke('charge-payment', JSON.stringify(payload))));
}

export function isDeclined({ provider }: World, { orderId }: BasketCheckedOut): boolean {
  return provider.intents.list({ orderId, status: 'requires_payment_method' }).length > 0;
}

/** On the provider's page, without a key of ours. */
export function payWithAnotherCard({ provider }: World, { orderId }: BasketCheckedOut): void {
  const [intent] = provider.intents.list({ orderId });
  if (intent === undefined) throw new Error(`Order ${orderId} has no payment intent to pay`);
  provider.intents.confirm(intent.id, { paymentMethod: 'pm_card_visa' }, BY_CUSTOMER);
}

/** Everything in it can be known to a customer; only the signature cannot. */
export async function forgedSuccess(world: World, { orderId }: BasketCheckedOut): Promise<void> {
  const [intent] = world.provider.intents.list({ orderId });
  const body = {
    id: 'evt_forged',
    type: 'payment_intent.succeeded',
    api_version: API_VERSION,
    data: { object: { id: intent?.id, object: 'payment_intent', metadata: { orderId } } },
  };
  await world.webhook(JSON.stringify(body), { 'stripe-signature': 't=1,v1=00' });
}
