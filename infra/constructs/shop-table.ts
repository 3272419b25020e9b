import {
  AttributeType,
  Billing,
  CfnGlobalTable,
  ProjectionType,
  type StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { cfnResourceOf, pinLogicalId, removalPolicyOf, type Platform } from './platform.ts';
import type { ShopFunction } from './shop-function.ts';

export interface ShopTableProps {
  readonly platform: Platform;
  /** All keys are strings. */
  readonly partitionKey: string;
  readonly sortKey?: string;
  /** Attribute with epoch seconds. Garbage collection only: deletion may be days late. */
  readonly timeToLiveAttribute?: string;
  readonly stream?: StreamViewType;
  readonly indexes?: readonly ShopTableIndex[];
}

/** A global secondary index; rows without its keys are not in it. */
export interface ShopTableIndex {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  /** KEYS costs a write only when a key changes; ALL one for every change of the row. */
  readonly projection: 'KEYS' | 'ALL';
}

export type TableAction =
  | 'BatchGetItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem'
  | 'DeleteItem'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'UpdateItem';

/** An on-demand table with point-in-time recovery. Transactions are permitted through the actions they consist of. */
export class ShopTable extends Construct {
  readonly table: TableV2;
  private readonly hasStream: boolean;

  constructor(scope: Construct, id: string, { platform, ...props }: ShopTableProps) {
    super(scope, id);
    const { settings, encryptionKey } = platform;
    this.hasStream = props.stream !== undefined;
    this.table = new TableV2(this, 'Table', {
      partitionKey: stringKey(props.partitionKey),
      ...(props.sortKey === undefined ? {} : { sortKey: stringKey(props.sortKey) }),
      ...(props.timeToLiveAttribute === undefined ? {} : { timeToLiveAttribute: props.timeToLiveAttribute }),
      ...(props.stream === undefined ? {} : { dynamoStream: props.stream }),
      globalSecondaryIndexes: (props.indexes ?? []).map((index) => ({
        indexName: index.name,
        partitionKey: stringKey(index.partitionKey),
        sortKey: stringKey(index.sortKey),
        projectionType: index.projection === 'ALL' ? ProjectionType.ALL : ProjectionType.KEYS_ONLY,
      })),
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: settings.keepsData,
      removalPolicy: removalPolicyOf(settings),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
    });
    pinLogicalId(this.table, `${id}Table`);
    if (encryptionKey) encryptWith(encryptionKey, this.table);
  }

  get name(): string {
    return this.table.tableName;
  }

  /** Permits `actions` on the rows, not on the indexes. */
  grant(worker: ShopFunction, ...actions: readonly TableAction[]): void {
    worker.allow(
      actions.map((action) => `dynamodb:${action}`),
      this.table.tableArn,
    );
  }

  grantIndexQuery(worker: ShopFunction, indexName: string): void {
    worker.allow(['dynamodb:Query'], `${this.table.tableArn}/index/${indexName}`);
  }

  /** @throws Error when the table has no stream: CDK would let the deployment find out. */
  get streamArn(): string {
    const { tableStreamArn } = this.table;
    if (!this.hasStream || tableStreamArn === undefined) throw new Error(`${this.node.path} has no stream.`);
    return tableStreamArn;
  }
}

/** Set below the construct: it takes a key of ours only where the region is known before the deployment. */
function encryptWith(key: IKey, table: TableV2): void {
  const cfnTable = cfnResourceOf(table, CfnGlobalTable);
  cfnTable.sseSpecification = { sseEnabled: true, sseType: 'KMS' };
  cfnTable.addPropertyOverride('Replicas.0.SSESpecification', { KMSMasterKeyId: key.keyArn });
}

function stringKey(name: string): { name: string; type: AttributeType } {
  return { name, type: AttributeType.STRING };
}
