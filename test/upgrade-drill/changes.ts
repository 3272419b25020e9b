import type { Edit } from './revision.ts';

/** A change of the shop, and whether orders that are under way survive its deployment. */
export interface Change {
  readonly title: string;
  readonly edits: readonly Edit[];
  /** The code as it is comes first, unless the edited code does and the code as it is follows: a roll-back. */
  readonly direction?: 'back';
}

/** The edited shop is right by itself: only what began before its deployment breaks. */
export interface BreakingChange extends Change {
  /** Matches the problem that this change makes, and no problem of another kind. */
  readonly because: RegExp;
}

const edit = (file: string, from: string, to: string): Edit => ({ file, from, to });
const BASKET = 'events/basket-checked-out.ts';
const COMMAND = 'functions/basket/order-command.ts';
const SAGA = 'workflows/order-saga.ts';
const PAYMENT = 'functions/payments/ledger/payment-record.ts';
const LEDGER = 'functions/payments/ledger/payment-ledger.ts';
const ORDER = 'functions/orders/order-record.ts';
const RESERVATION = 'functions/inventory/reservation.ts';
const STOCK_LEDGER = 'functions/inventory/stock-ledger.ts';
const MAILS = 'functions/notifications/mail-log.ts';

const DEAD_LETTER = /^dead letter: \{"queue":"CheckoutDeadLetterQueue"/u;
const STILL_WAITING = /^held at “waits for its customer”: ended as AWAITING_CUSTOMER/u;

/** Each stops, loses or wrongs an order that began before it: the drill must say so. */
export const BREAKING_CHANGES: readonly BreakingChange[] = [
  {
    title: 'a required field in the order command',
    because: DEAD_LETTER,
    edits: [
      edit(BASKET, '    ...orderFields,\n', '    ...orderFields,\n    giftWrap: z.boolean(),\n'),
      edit(
        COMMAND,
        '    totalMinor,\n    paymentMethodId',
        '    totalMinor,\n    giftWrap: false,\n    paymentMethodId',
      ),
    ],
  },
  {
    title: 'a narrower schema of the order command',
    because: DEAD_LETTER,
    edits: [
      edit(
        BASKET,
        '    ...orderFields,\n',
        "    ...orderFields,\n    basketId: OpaqueId.refine((id) => id.startsWith('v2.')),\n",
      ),
      edit(COMMAND, 'basketId: `${', 'basketId: `v2.${'),
    ],
  },
  {
    title: 'a payment’s token under another name',
    because: STILL_WAITING,
    edits: [
      edit(PAYMENT, '  taskToken: z.string().optional(),', '  waitToken: z.string().optional(),'),
      edit(
        PAYMENT,
        "tokensOf({ taskToken, otherTokens }: Pick<PaymentRecord, 'taskToken' | 'otherTokens'>)",
        "tokensOf({ waitToken: taskToken, otherTokens }: Pick<PaymentRecord, 'waitToken' | 'otherTokens'>)",
      ),
      edit(LEDGER, 'taskToken,\n      attempt: 1', 'waitToken: taskToken,\n      attempt: 1'),
      edit(LEDGER, 'taskToken, attempt: 1', 'waitToken: taskToken, attempt: 1'),
    ],
  },
  {
    title: 'a token in another form',
    because: STILL_WAITING,
    edits: [
      edit(PAYMENT, '[] : [taskToken])', "[] : [taskToken.replace('v2:', '')].filter((token) => token !== taskToken))"),
      edit(LEDGER, 'taskToken,\n      attempt: 1', 'taskToken: `v2:${taskToken}`,\n      attempt: 1'),
      edit(LEDGER, 'taskToken, attempt: 1', 'taskToken: `v2:${taskToken}`, attempt: 1'),
    ],
  },
  {
    title: 'a field that rows of orders must have, and had not so far',
    because: /^held at “confirmed, and nothing more”: ended as HTTP 500/u,
    edits: [
      edit(ORDER, '  inputHash: z.string(),', '  inputHash: z.string(),\n  commandHash: z.string(),'),
      edit(
        ORDER,
        'inputHash: canonicalHash(order),',
        'inputHash: canonicalHash(order),\n    commandHash: canonicalHash(order),',
      ),
    ],
  },
  {
    title: 'a roll-back after a field of orders’ rows was dropped',
    because: /^held at “confirmed, and nothing more”: ended as HTTP 500/u,
    direction: 'back',
    edits: [ORDER, 'functions/orders/saga-starter.ts', 'functions/orders/order-steps.ts'].map((file) =>
      edit(file, 'inputHash', 'commandHash'),
    ),
  },
  {
    title: 'an order’s amounts in another unit',
    because: /^held at “confirmed, and nothing more”: costs 170000, it cost 1700/u,
    edits: [
      edit(
        'functions/orders/order-view.ts',
        'currency, totalMinor, ...(reason',
        'currency, totalMinor: totalMinor * 100, ...(reason',
      ),
    ],
  },
  {
    title: 'functions that moved, and so are others',
    because: /^held at “order-saga \/ Confirm order”: ended as/u,
    edits: [edit('infra/constructs/order-functions.ts', "service: 'orders'", "service: 'ordering'")],
  },
  {
    title: 'a renamed step of parked orders',
    because: /^held at “parked: /u,
    edits: [edit('functions/parking/parked-order.ts', 'PARKED#${', 'PARKED#v2#${')],
  },
  {
    title: 'an index less, which functions read',
    because: /^is refused: .*ParkedIndex/u,
    edits: [
      edit(
        'infra/table-schemas.ts',
        "      { name: 'ParkedIndex', partitionKey: 'parkedState', sortKey: 'since', projection: 'KEYS' },\n",
        '',
      ),
    ],
  },
  {
    title: 'the key under which a checkout is remembered',
    because: /^the same checkout again: /u,
    edits: [
      edit('functions/basket/basket-table.ts', "CHECKOUT_PREFIX = 'CHECKOUT#'", "CHECKOUT_PREFIX = 'CHECKOUT#v2#'"),
    ],
  },
  {
    title: 'a state of sent mails with another name',
    because: /^(does not come to rest: \d+ messages in|dead letter: \{"queue":)\W?Mail/u,
    edits: [edit(MAILS, "'SENT'", "'DELIVERED'")],
  },
  {
    title: 'the shards of a reservation under another name',
    because: /^held at “confirmed, then (shipped|cancelled)”: ended as/u,
    edits: [
      edit(RESERVATION, 'shards: z.record', 'heldIn: z.record'),
      edit(RESERVATION, "_exists(shards)' : 'shards =", "_exists(heldIn)' : 'heldIn ="),
      edit(STOCK_LEDGER, '{ shards }: Reservation', '{ heldIn: shards }: Reservation'),
      edit(STOCK_LEDGER, 'lines, shards }: Reservation', 'lines, heldIn: shards }: Reservation'),
      edit(STOCK_LEDGER, '{ shards: Object', '{ heldIn: Object'),
      edit('functions/orders/warehouse-desk.ts', "told?.['shards']", "told?.['heldIn']"),
      edit('functions/orders/warehouse-desk.ts', 'told).shards', 'told).heldIn'),
      edit('functions/inventory/returned-stock.ts', 'Item).shards', 'Item).heldIn'),
    ],
  },
  {
    title: 'a dropped catcher',
    because: /^a new order: Waited in vain until order \w+ is CANCELLED PAYMENT_DECLINED/u,
    edits: [
      edit(SAGA, "          ErrorEquals: ['PaymentDeclined'],", "          ErrorEquals: ['NobodyThrowsThis'],"),
      edit(
        SAGA,
        "          ErrorEquals: ['States.ALL'],\n          Assign: failureOf('Charge payment', { chargeAttempted: true }),",
        "          ErrorEquals: ['NorThis'],\n          Assign: failureOf('Charge payment', { chargeAttempted: true }),",
      ),
    ],
  },
  {
    title: 'the key under which a mail is remembered',
    because: /^\d+ mails of /u,
    edits: [
      edit(MAILS, 'Item: { ...mail,', 'Item: { ...mail, eventId: `v2.${mail.eventId}`,'),
      edit(MAILS, 'Key: { eventId },', 'Key: { eventId: `v2.${eventId}` },'),
    ],
  },
  {
    title: 'the provider’s name for an order',
    because: /^held at “(waits for its customer|confirmed, then cancelled)”: ended as/u,
    edits: [
      edit('functions/payments/provider/stripe-answers.ts', "metadata['orderId']", "metadata['order']"),
      edit(
        'functions/payments/provider/stripe-gateway.ts',
        'metadata: { orderId: terms.orderId }',
        'metadata: { orderId: terms.orderId, order: terms.orderId }',
      ),
    ],
  },
];

/** The problem that a change was to make; undefined when it made none, or when new orders break for another reason. */
export function caughtBy({ because }: BreakingChange, problems: readonly string[]): string | undefined {
  const ofNewOrders = problems.filter((problem) => problem.startsWith('a new order: '));
  const isCoarse = ofNewOrders.some((problem) => !because.test(problem));
  return isCoarse ? undefined : problems.find((problem) => because.test(problem));
}

/** Orders that began before them end as they should, and so do those that begin after a roll-back. */
export const COMPATIBLE_CHANGES: readonly Change[] = [
  {
    title: 'an optional field in the order command',
    edits: [edit(BASKET, '  basketId: OpaqueId,', '  basketId: OpaqueId,\n  giftWrap: z.boolean().optional(),')],
  },
  {
    title: 'a renamed state, for executions end on what they began with',
    edits: [
      edit(SAGA, "'Confirm order'", "'Confirm the order'"),
      edit('workflows/MockConfigFile.json', '"Confirm order"', '"Confirm the order"'),
    ],
  },
  {
    title: 'an index more',
    edits: [
      edit(
        'infra/table-schemas.ts',
        "      { name: 'ParkedIndex',",
        "      { name: 'StatusIndex', partitionKey: 'status', sortKey: 'placedAt', projection: 'KEYS' },\n      { name: 'ParkedIndex',",
      ),
    ],
  },
  {
    title: 'more memory and time for the steps',
    edits: [
      edit(
        'infra/constructs/function-sizes.ts',
        'ORDER_STEP = { memoryMiB: 512, timeout: Duration.seconds(10) }',
        'ORDER_STEP = { memoryMiB: 768, timeout: Duration.seconds(12) }',
      ),
    ],
  },
  {
    title: 'a roll-back of an optional field',
    edits: [edit(BASKET, '  basketId: OpaqueId,', '  basketId: OpaqueId,\n  giftWrap: z.boolean().optional(),')],
    direction: 'back',
  },
];
