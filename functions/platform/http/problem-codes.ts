/**
 * Every problem that the HTTP API can tell of, by its stable `code`. Clients branch on the code, never on the text, so
 * a code keeps its meaning and its status for ever; a new meaning is a new code.
 */
export const PROBLEMS = {
  // The request itself.
  BODY_MALFORMED: { status: 400, title: 'The body is not valid JSON' },
  VALIDATION_FAILED: { status: 400, title: 'Some fields are not valid' },
  CARD_NUMBER_REFUSED: { status: 400, title: 'Do not send card numbers; send a payment method id' },
  CURSOR_INVALID: { status: 400, title: 'This cursor does not belong to this list' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, title: 'Send the body as application/json, uncompressed' },
  CONDITION_UNSUPPORTED: { status: 400, title: 'This request cannot be made on that condition' },
  IDEMPOTENCY_KEY_REQUIRED: { status: 400, title: 'This request needs an Idempotency-Key header' },
  IF_MATCH_REQUIRED: { status: 428, title: 'Send the version that you want to change in If-Match' },

  // Who asks.
  NOT_SIGNED_IN: { status: 401, title: 'Sign in first: this request needs an access token' },
  SIGNATURE_INVALID: { status: 401, title: 'The signature is not valid' },
  EVENT_UNREADABLE: { status: 400, title: 'The body is not an event of the payment provider' },
  NOT_PERMITTED: { status: 403, title: 'You are not allowed to do this' },
  ROUTE_NOT_FOUND: { status: 404, title: 'There is nothing at this address' },

  // Ours.
  STORE_BUSY: { status: 503, title: 'The shop is busy; try again in a moment' },
  PROVIDER_UNAVAILABLE: { status: 503, title: 'The payment provider does not answer; send the event again later' },
  ROW_UNREADABLE: { status: 409, title: 'A stored row cannot be read, and must be mended first' },
  INTERNAL_ERROR: { status: 500, title: 'Something went wrong on our side' },

  // Catalogue and stock.
  PRODUCT_NOT_FOUND: { status: 404, title: 'There is no such product' },
  PRODUCT_EXISTS: { status: 409, title: 'A product with this SKU already exists' },
  CURRENCY_FIXED: { status: 409, title: 'The currency of a product cannot change' },
  VERSION_MISMATCH: { status: 412, title: 'The product has changed since the version in If-Match' },
  STOCK_NOT_FOUND: { status: 404, title: 'The stock of this product has not been set yet' },
  STOCK_BELOW_HOLDS: { status: 409, title: 'Fewer units would be left than orders are waiting for' },

  // Basket and checkout.
  BASKET_FULL: { status: 409, title: 'A basket can hold at most 50 different products' },
  BASKET_EMPTY: { status: 409, title: 'The basket is empty' },
  BASKET_CHANGED: { status: 409, title: 'The basket has changed since you looked at it' },
  PRICE_CHANGED: { status: 409, title: 'The total is not the one that you accepted' },
  ITEM_UNAVAILABLE: { status: 409, title: 'Some products in the basket are no longer for sale' },
  CURRENCY_MISMATCH: { status: 409, title: 'The basket is in another currency' },
  CURRENCY_UNSUPPORTED: { status: 400, title: 'The payment provider does not support this currency' },
  AMOUNT_STEP: { status: 400, title: 'The payment provider cannot charge this fraction of the currency' },
  TOTAL_TOO_SMALL: { status: 400, title: 'The total is too small to be charged' },
  TOTAL_TOO_LARGE: { status: 400, title: 'The total is too large for one order' },
  CHECKOUT_LIMIT: { status: 429, title: 'You have ordered very often within an hour; try again later' },
  IDEMPOTENCY_MISMATCH: { status: 409, title: 'This Idempotency-Key was used for a different request' },

  // Customers and what is known of them.
  CUSTOMER_NOT_FOUND: { status: 404, title: 'There is no such customer' },
  ACCOUNT_ERASED: { status: 410, title: 'This account was erased' },
  ERASURE_UNCONFIRMED: { status: 409, title: 'The confirmation is not that of this customer' },
  ORDERS_UNDER_WAY: { status: 409, title: 'Some orders of this customer are not finished yet' },

  // Orders.
  ORDER_NOT_FOUND: { status: 404, title: 'There is no such order' },
  ORDER_SHIPPED: { status: 409, title: 'The order has already left the warehouse' },
  ORDER_NOT_CONFIRMED: { status: 409, title: 'The order is not confirmed' },
  ORDER_HELD: { status: 409, title: 'Somebody must look at the payment before the order is shipped' },
  PARCEL_MISMATCH: { status: 409, title: 'The order has left the warehouse in another parcel' },
  PARCEL_NOT_FOUND: { status: 404, title: 'The order has no such parcel' },
  UNITS_NOT_LEFT: { status: 409, title: 'Fewer units of the order are left to ship' },
  ORDER_CHANGED: { status: 409, title: 'The order has changed since you looked at it' },
  ORDER_NOT_SHIPPED: { status: 409, title: 'The order has not been shipped' },
  STOCK_NOT_COMMITTED: { status: 409, title: 'The stock of this order does not match its status' },
  RETURN_UNDER_WAY: { status: 409, title: 'Another return of this order is not settled yet' },
  RETURN_TOO_LARGE: { status: 409, title: 'More would come back than was shipped and is not back yet' },
  REFUND_TOO_LARGE: { status: 409, title: 'More would be refunded than was paid and is not given back yet' },
  PAYMENT_DECLINED: { status: 402, title: 'The payment was declined' },
  PAYMENT_NOT_AWAITED: { status: 409, title: 'The order does not wait for another payment method' },
  PAYMENT_UNDER_WAY: { status: 409, title: 'Another payment of this order is not settled yet' },
  PAYMENT_UNKNOWN: {
    status: 503,
    title: 'It is not known yet what became of the payment; send the same request again',
  },
  PROVIDER_BUSY: { status: 503, title: 'The payment provider is busy; send the same request again in a moment' },
  WORKFLOW_BUSY: { status: 503, title: 'The order workflow cannot be reached; try again in a moment' },

  // Parked orders.
  NOT_PARKED: { status: 404, title: 'This step of the order is not waiting for a decision' },
  PARKING_DECIDED: { status: 409, title: 'Somebody has already decided differently' },
  RETRY_IN_VAIN: { status: 409, title: 'The payment provider repeats its failure, so a retry can only fail now' },
  ORDER_STILL_OPEN: { status: 409, title: 'The order has not ended yet, so it cannot be resolved' },
  REDRIVE_REFUSED: { status: 409, title: 'The execution cannot be run again' },
  NOTHING_WAITS: { status: 409, title: 'The workflow is no longer waiting for this decision' },
  EXPOSURE_MISMATCH: { status: 409, title: 'The open amount has changed since you saw it' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

export type ProblemCode = keyof typeof PROBLEMS;
