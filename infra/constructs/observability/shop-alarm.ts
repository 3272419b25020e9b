import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';

/** What a person must look at. Fewer than thirty: each costs a tenth of a dollar a month and some attention. */
export interface ShopAlarm {
  readonly name: string;
  readonly meaning: string;
  /** What to look at or do first: it stands in the message that wakes somebody. */
  readonly firstStep: string;
  readonly metric: IMetric;
  /** Rings above this value. */
  readonly above: number;
  /** Periods in a row; 1 unless told. */
  readonly periods?: number;
}
