import type { JsonObject } from '../../../endpoint/aws-api.ts';
import { AwsError } from '../../shared/aws-error.ts';
import type { DynamoDbClient } from '../dynamodb-client.ts';
import type { UnfinishedCopies } from './unfinished-copies.ts';

/** As many items as BatchWriteItem takes. */
const BATCH = 25;

export interface CopyPorts {
  readonly client: DynamoDbClient;
  readonly copies: UnfinishedCopies;
}

export interface TableForm {
  readonly name: string;
  /** Description of the table whose form it gets, as DescribeTable gives it. */
  readonly like: JsonObject;
  /** Instead of the indexes of that table. */
  readonly indexes?: readonly JsonObject[] | undefined;
}

/**
 * Makes a table with the keys, attributes and indexes of another one, and fills it. Streams, time to live, tags and
 * point-in-time recovery are not taken over, as in DynamoDB. A table that cannot be filled does not stay.
 * @throws AwsError TableAlreadyExistsException.
 */
export async function copyTable(
  { client, copies }: CopyPorts,
  form: TableForm,
  items: Iterable<string>,
): Promise<JsonObject> {
  const description = await create(client, form);
  try {
    copies.begin(form.name);
    let batch: string[] = [];
    for (const item of items) {
      batch.push(item);
      if (batch.length === BATCH) await write(client, form.name, batch.splice(0));
    }
    if (batch.length > 0) await write(client, form.name, batch);
  } catch (error) {
    await dropCopy({ client, copies }, form.name);
    throw error;
  }
  copies.end(form.name);
  return description;
}

/** Drops what an earlier process did not finish. */
export async function dropUnfinishedCopies(ports: CopyPorts): Promise<void> {
  for (const name of ports.copies.all()) await dropCopy(ports, name);
}

async function dropCopy({ client, copies }: CopyPorts, name: string): Promise<void> {
  try {
    await client.call('DeleteTable', { TableName: name });
  } catch (error) {
    if (!(error instanceof AwsError && error.code === 'ResourceNotFoundException')) throw error;
  }
  copies.end(name);
}

async function create(client: DynamoDbClient, { name, like, indexes }: TableForm): Promise<JsonObject> {
  const globalIndexes = indexes ?? (like['GlobalSecondaryIndexes'] as JsonObject[] | undefined) ?? [];
  const localIndexes = (like['LocalSecondaryIndexes'] as JsonObject[] | undefined) ?? [];
  const keys = [like, ...globalIndexes, ...localIndexes].flatMap(
    ({ KeySchema }) => KeySchema as { AttributeName: string }[],
  );
  const isKey = (attribute: JsonObject): boolean =>
    keys.some(({ AttributeName }) => AttributeName === attribute['AttributeName']);
  try {
    const { TableDescription } = await client.call('CreateTable', {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: like['KeySchema'],
      AttributeDefinitions: (like['AttributeDefinitions'] as JsonObject[]).filter(isKey),
      ...(globalIndexes.length > 0 && { GlobalSecondaryIndexes: globalIndexes.map(definitionOf) }),
      ...(localIndexes.length > 0 && { LocalSecondaryIndexes: localIndexes.map(definitionOf) }),
    });
    return TableDescription as JsonObject;
  } catch (error) {
    if (!(error instanceof AwsError && error.code === 'ResourceInUseException')) throw error;
    throw new AwsError('TableAlreadyExistsException', `Table already exists: ${name}`);
  }
}

function definitionOf({ IndexName, KeySchema, Projection }: JsonObject): JsonObject {
  return { IndexName, KeySchema, Projection };
}

async function write(client: DynamoDbClient, table: string, items: readonly string[]): Promise<void> {
  let requests: unknown = items.map((item) => ({ PutRequest: { Item: JSON.parse(item) as JsonObject } }));
  while (requests !== undefined) {
    const { UnprocessedItems } = await client.call('BatchWriteItem', { RequestItems: { [table]: requests } });
    requests = (UnprocessedItems as JsonObject | undefined)?.[table];
  }
}
