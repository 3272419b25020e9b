import { DECLINED, rowWhere, SHORT, SOLD, WITHDRAWN, without } from '../good-world.ts';
import type { Mutation } from './mutation.ts';

/** What a shop that believes too much, or makes its records up, would leave behind. */
export const PROVIDER_MUTATIONS: readonly Mutation[] = [
  [
    'M7',
    'an intent made beside a tombstone and left open',
    (world) => {
      const made = rowWhere(world.ledger, { orderId: SOLD, op: 'CREATE' });
      world.ledger.push({ ...made, orderId: SHORT, intent: 'pi_late', key: `${SHORT}:intent:1`, seq: 99 });
    },
  ],
  [
    'M8',
    'a refund id that the provider never gave',
    (world) => (rowWhere(world.payments, { orderId: WITHDRAWN })['refundId'] = 're_none'),
  ],
  [
    'M8',
    'refunded, and no refund named',
    (world) => Reflect.deleteProperty(rowWhere(world.payments, { orderId: WITHDRAWN }), 'refundId'),
  ],
  ['M8', 'the refund of another payment', (world) => (rowWhere(world.ledger, { op: 'REFUND' }).intent = 'pi_other')],
  [
    'M9',
    'an unknown outcome taken for a decline',
    (world) => without(world.ledger, ({ orderId, op }) => orderId === DECLINED && op === 'CAPTURE'),
  ],
  [
    'M9',
    'a sale given up as declined though it was paid',
    (world) => (rowWhere(world.ledger, { orderId: DECLINED, op: 'CAPTURE' }).ok = true),
  ],
  [
    'X8',
    'a cancellation that the provider knows nothing of',
    (world) => (rowWhere(world.inbox, { paymentIntentId: 'pi_sold' }).type = 'payment_intent.canceled'),
  ],
  [
    'X8',
    'a success that was a refusal',
    (world) => (rowWhere(world.ledger, { orderId: SOLD, op: 'CAPTURE' }).ok = false),
  ],
  [
    'X8',
    'an intent that the provider never made',
    (world) => {
      const row = rowWhere(world.inbox, { paymentIntentId: 'pi_sold' });
      world.inbox.push({ ...row, providerEventId: 'evt_forged', state: 'UNMATCHED', paymentIntentId: 'pi_forged' });
    },
  ],
];
