/** Something that goes wrong in the world, and what the shop makes of it. */
export interface Fault {
  readonly id: string;
  readonly title: string;
  /** What goes wrong. */
  readonly happens: string;
  /** What you should see. */
  readonly see: string;
  /** The test card that the order is paid with. */
  readonly card: string;
  /** What the payment sandbox is told to do wrong. */
  readonly behaviour?: Behaviour;
  /** What is done beside placing the order. */
  readonly also?: Beside;
  /** Afterwards, waits of workflows and schedules that would end within this time end at once. */
  readonly skipsSeconds?: number;
  /** How the order must end. `PARKED`: it waits for an operator. */
  readonly ends: 'CONFIRMED' | 'CANCELLED' | 'PARKED';
}

/** Each tells what was done in `run-fault.ts`, and how to do it in a terminal in `commands.ts`. */
export type Beside = 'confirm' | 'ignore' | 'cancel' | 'replay' | 'replay-archive' | 'throttle' | 'kill';

/** As `POST /_sandbox/behaviours` takes it. */
export interface Behaviour {
  readonly kind: string;
  readonly operation: string;
  readonly count?: number;
  readonly ms?: number;
}

const VISA = 'pm_card_visa';
const SECURE = 'pm_card_threeDSecure2Required';

export const FAULTS: readonly Fault[] = [
  {
    id: 'decline',
    title: 'The card is declined',
    happens: 'The bank says that there are no funds.',
    see: 'Charge payment failed, Release inventory done, nothing charged.',
    card: 'pm_card_chargeDeclinedInsufficientFunds',
    ends: 'CANCELLED',
  },
  {
    id: 'answer-lost',
    title: 'The answer to a charge is lost',
    happens: 'The provider takes the money and hangs up before it answers.',
    see: 'The charge is looked up, not repeated: confirmed, charged once.',
    card: VISA,
    behaviour: { kind: 'dropAfter', operation: 'confirm' },
    ends: 'CONFIRMED',
  },
  {
    id: 'provider-down',
    title: 'The provider is down for a moment',
    happens: 'Two calls in a row get 503.',
    see: 'The charge is sent again, under the same key: confirmed, charged once.',
    card: VISA,
    behaviour: { kind: 'unavailable', operation: 'confirm', count: 2 },
    ends: 'CONFIRMED',
  },
  {
    id: 'wrong-amount',
    title: 'The provider answers with a wrong amount',
    happens: 'One cent is missing in its answer.',
    see: 'The answer is not believed but looked up: confirmed, with the right amount.',
    card: VISA,
    behaviour: { kind: 'wrongAmount', operation: 'confirm' },
    ends: 'CONFIRMED',
  },
  {
    id: 'webhook-twice',
    title: 'The webhook comes twice',
    happens: 'The customer confirms at the bank, and the provider tells of it twice.',
    see: 'One transition: confirmed once.',
    card: SECURE,
    behaviour: { kind: 'webhookDuplicate', operation: 'webhook' },
    also: 'confirm',
    ends: 'CONFIRMED',
  },
  {
    id: 'webhook-late',
    title: 'The webhook comes late',
    happens: 'The provider tells of the customer’s answer three seconds later.',
    see: 'Charge payment waits and goes on: confirmed.',
    card: SECURE,
    behaviour: { kind: 'webhookDelay', operation: 'webhook', ms: 3_000 },
    also: 'confirm',
    ends: 'CONFIRMED',
  },
  {
    id: 'webhook-never',
    title: 'The webhook never comes',
    happens: 'The provider never tells of the customer’s answer.',
    see: 'The shop asks by itself, every minute; that wait is skipped here: confirmed.',
    card: SECURE,
    behaviour: { kind: 'webhookDrop', operation: 'webhook' },
    also: 'confirm',
    skipsSeconds: 60,
    ends: 'CONFIRMED',
  },
  {
    id: 'no-answer',
    title: 'The customer never answers the bank',
    happens: 'They close the window. A quarter of an hour passes, which is skipped here.',
    see: 'Charge payment timed out, Release inventory done: cancelled, nothing charged.',
    card: SECURE,
    also: 'ignore',
    skipsSeconds: 1_200,
    ends: 'CANCELLED',
  },
  {
    id: 'throttle',
    title: 'A function is throttled',
    happens: 'Lambda refuses every call of reserve-inventory, until the workflow has met it.',
    see: 'Reserve inventory failed, a pause, then another attempt: confirmed.',
    card: VISA,
    also: 'throttle',
    skipsSeconds: 60,
    ends: 'CONFIRMED',
  },
  {
    id: 'duplicate-event',
    title: 'The checkout’s event comes again',
    happens: 'The queue delivers a copy of it after the order is confirmed.',
    see: 'Nothing: the order has one workflow and one charge.',
    card: VISA,
    also: 'replay',
    ends: 'CONFIRMED',
  },
  {
    id: 'archive-replay',
    title: 'The archive is replayed',
    happens: 'Every checkout of the last quarter of an hour comes once more, yours too.',
    see: 'Nothing: no order starts again, no one is charged twice.',
    card: VISA,
    also: 'replay-archive',
    ends: 'CONFIRMED',
  },
  {
    id: 'refund-refused',
    title: 'The refund is refused',
    happens: 'The order is cancelled after it was confirmed, and the provider refuses the refund.',
    see: 'The stock comes back, and the order waits in the inbox with its open money. Retry there: it goes.',
    card: VISA,
    behaviour: { kind: 'refused', operation: 'refund' },
    also: 'cancel',
    ends: 'PARKED',
  },
  {
    id: 'kill',
    title: 'Kill the runtime',
    happens: 'The process dies as by a power cut, in the middle of the order, and starts again.',
    see: 'This page says that it is gone, connects again, and the order ends.',
    card: VISA,
    also: 'kill',
    ends: 'CONFIRMED',
  },
];

export interface LabOrder {
  readonly sku: string;
  readonly priceMinor: number;
  readonly currency: string;
}
