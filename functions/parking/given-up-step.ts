import type { ParkReason } from '../../events/vocabulary.ts';
import type { OutcomeError, ParkingStep, TransientError } from '../../workflows/workflow-names.ts';
import { sinceRefundBegan, type OpenPositions } from './open-positions.ts';

/** What it means for the order that a step gave up. */
export interface GivenUpStep {
  readonly reason: ParkReason;
  /** The step undoes something: money or stock of a stopped order is not back yet. */
  readonly isCompensation: boolean;
  /** The money and stock that are listed with the parking. */
  readonly positions: OpenPositions;
}

/** Errors that say by themselves why an order cannot go on, whatever step they come from. */
const REASON_OF_ERROR = new Map<string, ParkReason>([
  ['AmountMismatch', 'AMOUNT_MISMATCH'],
  ['PaymentOutcomeUnknown', 'CHARGE_UNKNOWN'],
] satisfies [OutcomeError | TransientError, ParkReason][]);

interface StepRule {
  readonly reason: ParkReason;
  readonly isCompensation: boolean;
  readonly positions: (noted: OpenPositions, errorName: string) => OpenPositions;
}

const STEP_RULES = {
  'Reserve inventory': { reason: 'CONTENTION', isCompensation: false, positions: asNoted },
  'Charge payment': { reason: 'EXECUTION_FAILED', isCompensation: false, positions: asNoted },
  'Refund payment': { reason: 'REFUND_FAILED', isCompensation: true, positions: afterRefund },
  // The units are back by then, so nothing is undone any more.
  'Refund return': { reason: 'REFUND_FAILED', isCompensation: false, positions: afterRefund },
  'Release inventory': { reason: 'RELEASE_FAILED', isCompensation: true, positions: stockOnly },
} satisfies Record<ParkingStep, StepRule>;
const ruleOf = new Map<string, StepRule>(Object.entries(STEP_RULES));

/** For a step of an older definition whose execution still runs: it parks its order all the same. */
const UNKNOWN_STEP: StepRule = { reason: 'EXECUTION_FAILED', isCompensation: false, positions: asNoted };

/**
 * @param errorName of the error that the step gave up with.
 * @param noted what the rows of payment and reservation say.
 */
export function givenUpStep(step: string, errorName: string, noted: OpenPositions): GivenUpStep {
  const { reason, isCompensation, positions } = ruleOf.get(step) ?? UNKNOWN_STEP;
  return {
    reason: REASON_OF_ERROR.get(errorName) ?? reason,
    isCompensation,
    positions: positions(noted, errorName),
  };
}

function asNoted(noted: OpenPositions): OpenPositions {
  return noted;
}

/**
 * Only where the provider itself said that it gave nothing back no refund was made. Of a disputed charge it says so too,
 * but there the customer's bank has the money: how much of it comes back to us is open.
 */
function afterRefund(noted: OpenPositions, errorName: string): OpenPositions {
  return errorName === 'RefundFailed' ? noted : sinceRefundBegan(noted);
}

/**
 * The refund has ended before a release is parked, or runs beside it, and lists the money if it is parked itself. Money
 * listed here would stay listed when the refund succeeds a moment later.
 */
function stockOnly(noted: OpenPositions): OpenPositions {
  return { ...noted, exposureMinor: 0, exposureCertain: true };
}
