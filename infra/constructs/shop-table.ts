import {
  AttributeType,
  Billing,
  CfnGlobalTable,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { RestoredTables } from '../restored-tables.ts';
import type { TableSchema } from '../table-schemas.ts';
import { cfnResourceOf, pinLogicalId, removalPolicyOf, type Platform } from './platform.ts';
import type { ShopFunction } from './shop-function.ts';

export interface ShopTableProps extends TableSchema {
  readonly platform: Platform;
  /** Undefined: the table itself is worked with. */
  readonly restored?: RestoredTables | undefined;
}

export type TableAction =
  | 'BatchGetItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem'
  | 'DeleteItem'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'Scan'
  | 'UpdateItem';

/**
 * An on-demand table with point-in-time recovery. Transactions are permitted through the actions they consist of. What
 * refers to it means the restored table instead, where one is in use.
 */
export class ShopTable extends Construct {
  private readonly table: TableV2;
  private readonly restored: RestoredTables | undefined;
  private readonly hasStream: boolean;

  constructor(scope: Construct, id: string, { platform, restored, ...props }: ShopTableProps) {
    super(scope, id);
    this.restored = restored;
    const { settings, encryptionKey } = platform;
    this.hasStream = props.stream !== undefined;
    this.table = new TableV2(this, 'Table', {
      partitionKey: stringKey(props.partitionKey),
      ...(props.sortKey === undefined ? {} : { sortKey: stringKey(props.sortKey) }),
      ...(props.timeToLiveAttribute === undefined ? {} : { timeToLiveAttribute: props.timeToLiveAttribute }),
      ...(props.stream === undefined ? {} : { dynamoStream: StreamViewType[props.stream] }),
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
    return this.restored?.nameOf(this.node.id) ?? this.table.tableName;
  }

  get arn(): string {
    return this.restored?.arnOf(this.node.id) ?? this.table.tableArn;
  }

  /** Permits `actions` on the rows, not on the indexes. */
  grant(worker: ShopFunction, ...actions: readonly TableAction[]): void {
    worker.allow(
      actions.map((action) => `dynamodb:${action}`),
      this.arn,
    );
  }

  grantIndexQuery(worker: ShopFunction, indexName: string): void {
    worker.allow(['dynamodb:Query'], `${this.arn}/index/${indexName}`);
  }

  /** Reads the whole index, page by page: only for an index whose rows are few. */
  grantIndexScan(worker: ShopFunction, indexName: string): void {
    worker.allow(['dynamodb:Scan'], `${this.arn}/index/${indexName}`);
  }

  /** @throws Error when the table has no stream: CDK would let the deployment find out. */
  get streamArn(): string {
    const { tableStreamArn } = this.table;
    if (!this.hasStream || tableStreamArn === undefined) throw new Error(`${this.node.path} has no stream.`);
    return this.restored?.outboxStreamArn ?? tableStreamArn;
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
