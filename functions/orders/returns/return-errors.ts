/** Why a return is not accepted. All terminal: the request has to change, or the order has to. */

/** Another return of the order is not settled yet. */
export class ReturnUnderWay extends Error {
  override readonly name = 'ReturnUnderWay';
}

/** More units would come back than were shipped and are not back yet. */
export class ReturnExceedsShipment extends Error {
  override readonly name = 'ReturnExceedsShipment';
}

/** More would be given back than the units cost, or than is left of the payment. */
export class RefundExceedsPrice extends Error {
  override readonly name = 'RefundExceedsPrice';
}

/** The key stands for another return. */
export class ReturnMismatch extends Error {
  override readonly name = 'ReturnMismatch';
}

/** The order has no such return. */
export class ReturnNotFound extends Error {
  override readonly name = 'ReturnNotFound';
}
