/** Refusals of an operator's decision. Terminal: the operator has to look again. */

/** No step of that name waits for an operator. */
export class NotParked extends Error {
  override readonly name = 'NotParked';
}

/** Somebody decided otherwise a moment ago. */
export class ParkAlreadyDecided extends Error {
  override readonly name = 'ParkAlreadyDecided';
}

/** The order has not ended, so it cannot be called resolved. */
export class StillOpen extends Error {
  override readonly name = 'StillOpen';
}

/** The execution cannot be continued by redriving it. */
export class RedriveRefused extends Error {
  override readonly name = 'RedriveRefused';
}
