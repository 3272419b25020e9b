/**
 * Every problem that the HTTP API can tell of, by its stable `code`. Clients branch on the code, never on the text, so
 * a code keeps its meaning and its status for ever; a new meaning is a new code.
 */
export const PROBLEMS = {
  // The request itself.
  BODY_MALFORMED: { status: 400, title: 'The body is not the JSON that is expected' },
  VALIDATION_FAILED: { status: 400, title: 'The request does not fit its description' },
  CARD_NUMBER_REFUSED: { status: 400, title: 'Card numbers are refused; send a payment method id' },
  CURSOR_INVALID: { status: 400, title: 'The cursor is not one of this listing' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, title: 'The body must be plain application/json' },
  IDEMPOTENCY_KEY_REQUIRED: { status: 400, title: 'An Idempotency-Key is needed' },
  IF_MATCH_REQUIRED: { status: 428, title: 'The version to change must be named in If-Match' },

  // Who asks.
  NOT_SIGNED_IN: { status: 401, title: 'An access token is needed' },
  SIGNATURE_INVALID: { status: 401, title: 'The signature does not prove the sender' },
  EVENT_UNREADABLE: { status: 400, title: 'The body is no event of the provider' },
  NOT_PERMITTED: { status: 403, title: 'The signed-in user may not do this' },
  ROUTE_NOT_FOUND: { status: 404, title: 'There is nothing at this address' },

  // Ours.
  STORE_BUSY: { status: 503, title: 'The store is busy; try again' },
  PROVIDER_UNAVAILABLE: { status: 503, title: 'The payment provider cannot be asked; send it again' },
  INTERNAL_ERROR: { status: 500, title: 'Something of ours broke' },

  // Catalogue and stock.
  PRODUCT_NOT_FOUND: { status: 404, title: 'There is no such product' },
  PRODUCT_EXISTS: { status: 409, title: 'A product with this id exists' },
  CURRENCY_FIXED: { status: 409, title: 'A product keeps its currency' },
  VERSION_MISMATCH: { status: 412, title: 'It has changed since the version in If-Match' },
  STOCK_NOT_FOUND: { status: 404, title: 'No stock of this product was ever set' },
  STOCK_BELOW_HOLDS: { status: 409, title: 'Fewer units would be left than are promised to orders' },

  // Basket and checkout.
  BASKET_FULL: { status: 409, title: 'A basket holds at most 50 different products' },
  BASKET_EMPTY: { status: 409, title: 'The basket is empty' },
  BASKET_CHANGED: { status: 409, title: 'The basket changed meanwhile' },
  PRICE_CHANGED: { status: 409, title: 'The total is not the one that was accepted' },
  ITEM_UNAVAILABLE: { status: 409, title: 'Products in the basket are not for sale any more' },
  CURRENCY_MISMATCH: { status: 409, title: 'The currency is not that of the basket' },
  CURRENCY_UNSUPPORTED: { status: 400, title: 'The payment provider does not charge this currency' },
  AMOUNT_STEP: { status: 400, title: 'The payment provider does not charge such a fraction of the currency' },
  TOTAL_TOO_SMALL: { status: 400, title: 'The total is smaller than the least that can be charged' },
  TOTAL_TOO_LARGE: { status: 400, title: 'The total is larger than one order may be' },
  IDEMPOTENCY_MISMATCH: { status: 409, title: 'The Idempotency-Key was used for another request' },

  // Orders.
  ORDER_NOT_FOUND: { status: 404, title: 'There is no such order' },
  ORDER_SHIPPED: { status: 409, title: 'The order has left the warehouse' },
  ORDER_NOT_CONFIRMED: { status: 409, title: 'The order is not confirmed' },
  ORDER_NOT_SHIPPED: { status: 409, title: 'The order is not shipped' },
  STOCK_NOT_COMMITTED: { status: 409, title: 'The stock of the order is not as its status says' },
  WORKFLOW_BUSY: { status: 503, title: 'The workflow cannot be reached; try again' },

  // Parked orders.
  NOT_PARKED: { status: 404, title: 'The order waits for no decision on this step' },
  PARKING_DECIDED: { status: 409, title: 'Somebody decided otherwise' },
  ORDER_STILL_OPEN: { status: 409, title: 'The order has not ended, so it is not resolved' },
  REDRIVE_REFUSED: { status: 409, title: 'The execution cannot be tried again' },
  EXPOSURE_MISMATCH: { status: 409, title: 'Another amount is open than was seen' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

export type ProblemCode = keyof typeof PROBLEMS;
