import { requirePair } from '../../store/paired-databases.ts';
import type { Service, ServiceContext } from '../service.ts';
import { DynamoDbService } from './dynamodb-service.ts';
import { dynamoDbResourceTypes } from './resource-types.ts';

export interface DynamoDbSettings {
  /**
   * How long a write transaction is in flight, in milliseconds: what meets it on an item is refused, as by DynamoDB.
   * 0: transactions never conflict, and functions talk to the store without a hop.
   */
  readonly transactionWindowMs: number;
  /**
   * Honours the point-in-time recovery of the template's tables: they can be restored to any moment but the latest so
   * many milliseconds (five minutes on AWS). Undefined: only tables for which UpdateContinuousBackups says it, since
   * each write costs more then.
   */
  readonly restorableAfterMs: number | undefined;
}

export { DynamoDbError } from './dynamodb-client.ts';
export { TransactionConflicts } from './transaction-conflicts.ts';
export { dynoxideBinary } from './dynoxide-binary.ts';
export { endOrphan } from './orphan.ts';

/** Amazon DynamoDB: tables and their streams. @throws StartError when its server or its database cannot be opened. */
export async function dynamoDb(context: ServiceContext & DynamoDbSettings): Promise<DynamoDbService & Service> {
  const { data, onFault } = context;
  const service = await DynamoDbService.open({ ...context, databaseFile: data.dynamoDbFile, onFailure: onFault });
  try {
    await requirePair(context.journal, data.dynamoDbFile);
  } catch (error) {
    await service.stop();
    throw error;
  }
  return Object.assign(service, { apis: { proxied: service.proxy }, resourceTypes: dynamoDbResourceTypes(service) });
}
