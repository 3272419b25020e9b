import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';

/**
 * What a person must look at. Some thirty-five: each costs attention, and a tenth of a dollar a month for each metric
 * that it is computed from (some eleven dollars for all).
 */
export interface ShopAlarm {
  readonly name: string;
  readonly meaning: string;
  /** What to look at or do first: it is in the message that wakes somebody. */
  readonly firstStep: string;
  readonly metric: IMetric;
  /** Rings above this value. */
  readonly above: number;
  /** How many of the latest periods must be above; 1 of 1 unless told. */
  readonly periods?: { readonly above: number; readonly of: number };
  /** Rings when nothing is measured either: for what a job tells every minute. Silence is calm unless told. */
  readonly silence?: 'rings';
  /** A deployment that is under way is taken back when it rings: a new version may be the cause. */
  readonly takesDeploymentBack?: true;
}

/**
 * For metrics that are filled with zeros: FILL gives no value for a period in which nothing has been reported yet, and
 * an alarm on the latest period alone keeps its state until something is (CloudWatch user guide, "Using metric math").
 */
export const WHEN_THE_LATEST_IS_LATE = { above: 1, of: 3 };

/** A job tells it every minute: that it stays away is as bad as a bad value, and one late minute is neither. */
export const EVERY_MINUTE = { silence: 'rings', periods: { above: 3, of: 3 } } as const;
