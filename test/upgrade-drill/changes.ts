import type { Edit } from './revision.ts';

/** A change of the shop, and whether orders that are under way survive its deployment. */
export interface Change {
  readonly title: string;
  readonly edits: readonly Edit[];
  /** The code as it is comes first, unless the edited code does and the code as it is follows: a roll-back. */
  readonly direction?: 'back';
}

const edit = (file: string, from: string, to: string): Edit => ({ file, from, to });
const BASKET = 'events/basket-checked-out.ts';
const SAGA = 'workflows/order-saga.ts';
const PAYMENT = 'functions/payments/ledger/payment-record.ts';
const ORDER = 'functions/orders/order-record.ts';

/** Each stops, loses or wrongs an order that began before it: the drill must say so. */
export const BREAKING_CHANGES: readonly Change[] = [
  {
    title: 'a required field in the order command',
    edits: [edit(BASKET, '  basketId: OpaqueId,', '  basketId: OpaqueId,\n  giftWrap: z.boolean(),')],
  },
  {
    title: 'a narrower schema of the order command',
    edits: [edit(BASKET, 'quantity: Quantity,', 'quantity: Quantity.max(1),')],
  },
  {
    title: 'a payment’s token under another name',
    edits: [
      edit(
        PAYMENT,
        '  taskToken: z.string().optional(),',
        '  taskToken: z.string().optional(),\n  waitToken: z.string().optional(),',
      ),
      edit(
        PAYMENT,
        "tokensOf({ taskToken, otherTokens }: Pick<PaymentRecord, 'taskToken' | 'otherTokens'>)",
        "tokensOf({ waitToken: taskToken, otherTokens }: Pick<PaymentRecord, 'waitToken' | 'otherTokens'>)",
      ),
    ],
  },
  {
    title: 'a token in another form',
    edits: [
      edit(
        PAYMENT,
        'return new Set([...(otherTokens ?? []), ...(taskToken === undefined ? [] : [taskToken])]);',
        'return new Set([...(otherTokens ?? []), ...(taskToken === undefined ? [] : [`v2:${taskToken}`])]);',
      ),
    ],
  },
  {
    title: 'a field that rows of orders had so far is dropped',
    edits: [edit(ORDER, '  inputHash: z.string(),', '  inputHash: z.string(),\n  commandHash: z.string(),')],
  },
  {
    title: 'an order’s amounts in another unit',
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
    edits: [edit('infra/constructs/order-functions.ts', "service: 'orders'", "service: 'ordering'")],
  },
  {
    title: 'a renamed step of parked orders',
    edits: [edit('functions/parking/parked-order.ts', 'PARKED#${', 'PARKED#v2#${')],
  },
  {
    title: 'an index less',
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
    edits: [
      edit('functions/basket/basket-table.ts', "CHECKOUT_PREFIX = 'CHECKOUT#'", "CHECKOUT_PREFIX = 'CHECKOUT#v2#'"),
    ],
  },
  {
    title: 'a state of the warehouse’s rows with another name',
    edits: [edit('functions/shipping/shipment.ts', "'TO_SHIP'", "'READY'")],
  },
  {
    title: 'a dropped catcher',
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
    edits: [
      edit(
        'functions/notifications/mail-log.ts',
        'Item: { ...mail,',
        'Item: { ...mail, eventId: `v2.${mail.eventId}`,',
      ),
    ],
  },
  {
    title: 'the provider’s name for an order',
    edits: [edit('functions/payments/provider/stripe-answers.ts', "metadata['orderId']", "metadata['order']")],
  },
];

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
