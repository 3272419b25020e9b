/** The shape of a value in a service's API model, as far as a mocked result is checked against it. */
export type Shape =
  | { readonly kind: 'string'; readonly minLength?: number; readonly values?: readonly string[] }
  | { readonly kind: 'number'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'boolean' | 'anything' }
  | { readonly kind: 'list' | 'map'; readonly of: () => Shape }
  | {
      readonly kind: 'record';
      readonly fields: Readonly<Record<string, Shape>>;
      readonly required?: readonly string[];
    };

const text: Shape = { kind: 'string' };
const number: Shape = { kind: 'number' };
const boolean: Shape = { kind: 'boolean' };
const record = (fields: Readonly<Record<string, Shape>>, required: readonly string[] = []): Shape => ({
  kind: 'record',
  fields,
  required,
});
const listOf = (of: Shape): Shape => ({ kind: 'list', of: () => of });

/** Refers to itself: the shapes inside are asked for when they are needed. */
const attributeValue: Shape = record({
  S: text,
  N: text,
  B: text,
  SS: listOf(text),
  NS: listOf(text),
  BS: listOf(text),
  M: { kind: 'map', of: () => attributeValue },
  L: { kind: 'list', of: () => attributeValue },
  NULL: boolean,
  BOOL: boolean,
});
const attributes: Shape = { kind: 'map', of: () => attributeValue };
const units = { CapacityUnits: number, ReadCapacityUnits: number, WriteCapacityUnits: number };
const unitsByIndex: Shape = { kind: 'map', of: () => record(units) };
const consumedCapacity = record({
  TableName: { kind: 'string', minLength: 1 },
  ...units,
  Table: record(units),
  LocalSecondaryIndexes: unitsByIndex,
  GlobalSecondaryIndexes: unitsByIndex,
});
const itemWritten = record({
  Attributes: attributes,
  ConsumedCapacity: consumedCapacity,
  ItemCollectionMetrics: record({ ItemCollectionKey: attributes, SizeEstimateRangeGB: listOf(number) }),
});

/**
 * Answers of the integrated calls, by resource. A function's payload and a message's checksums are not checked: what
 * AWS makes of them is not documented.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html and the API references of the other services
 */
export const RESULT_MODELS: Readonly<Record<string, Shape>> = {
  'lambda:invoke': record({
    StatusCode: number,
    FunctionError: text,
    LogResult: text,
    Payload: { kind: 'anything' },
    ExecutedVersion: { kind: 'string', minLength: 1 },
  }),
  'dynamodb:getItem': record({ Item: attributes, ConsumedCapacity: consumedCapacity }),
  'dynamodb:putItem': itemWritten,
  'dynamodb:updateItem': itemWritten,
  'dynamodb:deleteItem': itemWritten,
  'events:putEvents': record({
    FailedEntryCount: number,
    Entries: listOf(record({ EventId: text, ErrorCode: text, ErrorMessage: text })),
  }),
  'sqs:sendMessage': record({ MessageId: text, SequenceNumber: text }),
  'states:startExecution': record({ ExecutionArn: { kind: 'string', minLength: 1 }, StartDate: text }, [
    'ExecutionArn',
    'StartDate',
  ]),
};
