import { Aws } from 'aws-cdk-lib';

/** As `orders restore tables` names a set: by the moment that it is of. */
const SET_NAME = /^r\d{8}t\d{6}z$/;
const STREAM_ARN = /^arn:[^:]+:dynamodb:[^:]+:\d{12}:table\/[^/]+\/stream\/[^/]+$/;

/**
 * A set of restored tables with which the stack works instead of its own: DynamoDB restores into new tables only. While
 * there is one, nothing of the stack refers to its own tables, which stay as they are (docs/decisions/0040).
 */
export class RestoredTables {
  readonly set: string;
  readonly outboxStreamArn: string;

  /** @throws Error saying which of the two is missing or malformed. */
  static from(set: string | undefined, outboxStreamArn: string | undefined): RestoredTables | undefined {
    if (set === undefined && outboxStreamArn === undefined) return undefined;
    if (set === undefined || outboxStreamArn === undefined) {
      throw new Error('restoredTables and restoredOutboxStream belong together: give both, or neither.');
    }
    if (!SET_NAME.test(set)) throw new Error(`restoredTables: expected a name such as r20260115t090000z, got ${set}.`);
    if (!STREAM_ARN.test(outboxStreamArn)) {
      throw new Error(`restoredOutboxStream: expected the ARN of a table's stream, got ${outboxStreamArn}.`);
    }
    return new RestoredTables(set, outboxStreamArn);
  }

  private constructor(set: string, outboxStreamArn: string) {
    this.set = set;
    this.outboxStreamArn = outboxStreamArn;
  }

  /** @param id of the table's construct. */
  nameOf(id: string): string {
    return `${Aws.STACK_NAME}-${id}-${this.set}`;
  }

  arnOf(id: string): string {
    return `arn:${Aws.PARTITION}:dynamodb:${Aws.REGION}:${Aws.ACCOUNT_ID}:table/${this.nameOf(id)}`;
  }
}
