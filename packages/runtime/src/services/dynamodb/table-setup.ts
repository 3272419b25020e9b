import { UnsupportedFeature, type ResourceDeclaration } from '../../assembly/resource-type.ts';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import type { DynamoDbClient } from './dynamodb-client.ts';

type IndexDefinition = { IndexName: string; KeySchema: unknown; Projection: unknown };

/** Creates the table of a template, or brings the one that the data folder holds in line with it. */
export async function setUpTable(client: DynamoDbClient, resource: ResourceDeclaration, name: string): Promise<void> {
  const wanted = createTableInput(resource, name);
  const existing = await describe(client, name);
  if (!existing) await client.call('CreateTable', wanted);
  else await alterTable(client, resource, wanted, existing);
  await setUpTimeToLive(client, resource, name);
}

/** Reads both `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable`; they share these names. */
function createTableInput({ properties }: ResourceDeclaration, name: string): JsonObject {
  const { KeySchema, AttributeDefinitions, LocalSecondaryIndexes, StreamSpecification } = properties;
  const indexes = indexesOf(properties);
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema,
    AttributeDefinitions,
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
    ...(LocalSecondaryIndexes && { LocalSecondaryIndexes }),
    ...(StreamSpecification && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: StreamSpecification.StreamViewType },
    }),
  };
}

function indexesOf(properties: JsonObject): IndexDefinition[] {
  const declared = (properties['GlobalSecondaryIndexes'] ?? []) as IndexDefinition[];
  return declared.map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }));
}

async function describe(client: DynamoDbClient, name: string): Promise<JsonObject | undefined> {
  try {
    return (await client.call('DescribeTable', { TableName: name }))['Table'] as JsonObject;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function alterTable(
  client: DynamoDbClient,
  resource: ResourceDeclaration,
  wanted: JsonObject,
  existing: JsonObject,
): Promise<void> {
  if (!sameKeys(wanted['KeySchema'], existing['KeySchema'])) {
    throw new UnsupportedFeature(resource, 'another primary key than the data folder holds (start with --fresh)');
  }
  const { TableName, AttributeDefinitions } = wanted;
  for (const change of indexChanges(wanted, existing)) {
    await client.call('UpdateTable', { TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates: [change] });
  }
  const viewType = (table: JsonObject): unknown => table['StreamSpecification']?.StreamViewType;
  if (viewType(wanted) === viewType(existing)) return;
  if (viewType(existing))
    await client.call('UpdateTable', { TableName, StreamSpecification: { StreamEnabled: false } });
  if (viewType(wanted))
    await client.call('UpdateTable', { TableName, StreamSpecification: wanted['StreamSpecification'] });
}

/** Index definitions never change: another key or projection means drop and create. */
function indexChanges(wanted: JsonObject, existing: JsonObject): JsonObject[] {
  const wantedIndexes = (wanted['GlobalSecondaryIndexes'] ?? []) as IndexDefinition[];
  const existingIndexes = (existing['GlobalSecondaryIndexes'] ?? []) as IndexDefinition[];
  const isKept = (index: IndexDefinition, others: IndexDefinition[]): boolean =>
    others.some(
      (other) =>
        other.IndexName === index.IndexName &&
        sameKeys(other.KeySchema, index.KeySchema) &&
        JSON.stringify(normalProjection(other.Projection)) === JSON.stringify(normalProjection(index.Projection)),
    );
  return [
    ...existingIndexes
      .filter((index) => !isKept(index, wantedIndexes))
      .map(({ IndexName }) => ({ Delete: { IndexName } })),
    ...wantedIndexes.filter((index) => !isKept(index, existingIndexes)).map((index) => ({ Create: index })),
  ];
}

function normalProjection(projection: unknown): unknown {
  const { ProjectionType = 'ALL', NonKeyAttributes = [] } = (projection ?? {}) as JsonObject;
  return [ProjectionType, [...(NonKeyAttributes as string[])].toSorted()];
}

function sameKeys(left: unknown, right: unknown): boolean {
  const text = (keys: unknown): string =>
    (keys as { AttributeName: string; KeyType: string }[]).map((key) => `${key.KeyType}:${key.AttributeName}`).join();
  return text(left) === text(right);
}

async function setUpTimeToLive(client: DynamoDbClient, resource: ResourceDeclaration, name: string): Promise<void> {
  const specification = resource.properties['TimeToLiveSpecification'] as JsonObject | undefined;
  const wanted =
    specification && specification['Enabled'] !== false ? String(specification['AttributeName']) : undefined;
  const { TimeToLiveDescription: now } = await client.call('DescribeTimeToLive', { TableName: name });
  const existing = now?.TimeToLiveStatus === 'ENABLED' ? String(now.AttributeName) : undefined;
  if (wanted === existing) return;
  const set = (AttributeName: string, Enabled: boolean): Promise<JsonObject> =>
    client.call('UpdateTimeToLive', { TableName: name, TimeToLiveSpecification: { AttributeName, Enabled } });
  if (existing) await set(existing, false);
  if (wanted) await set(wanted, true);
}
