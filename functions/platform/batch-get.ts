import { setTimeout as delay } from 'node:timers/promises';
import { BatchGetCommand, type BatchGetCommandInput, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { StoreUnavailable } from './errors.ts';

export type Row = Readonly<Record<string, unknown>>;

/** What one BatchGetItem takes. */
const MAX_KEYS = 100;
const MAX_ROUNDS = 5;
const FIRST_DELAY_MS = 20;

export interface BatchGetOptions {
  readonly isConsistent?: boolean;
  /** Only these are read; all unless told. */
  readonly attributes?: readonly string[];
}

type Wanted = NonNullable<BatchGetCommandInput['RequestItems']>;
type Keys = NonNullable<Wanted[string]['Keys']>;

/**
 * The rows of these keys, in no particular order; keys without a row are left out.
 * @throws StoreUnavailable (transient) when the store withholds some.
 */
export async function batchGet(
  documents: DynamoDBDocumentClient,
  table: string,
  keys: readonly Row[],
  options: BatchGetOptions = {},
): Promise<readonly Row[]> {
  const rowsOf = await batchGetTables(documents, { [table]: wantedRows(keys, options) });
  return rowsOf(table);
}

/** What is asked of one table. Attributes have names of their own, because some are words of the store's language. */
export function wantedRows(
  keys: readonly Row[],
  { isConsistent = false, attributes }: BatchGetOptions = {},
): Wanted[string] {
  return {
    Keys: [...keys],
    ConsistentRead: isConsistent,
    ...(attributes && {
      ProjectionExpression: attributes.map((_, n) => `#a${n}`).join(', '),
      ExpressionAttributeNames: Object.fromEntries(attributes.map((attribute, n) => [`#a${n}`, attribute])),
    }),
  };
}

/**
 * The same of several tables, in as few requests as they fit into; tables without keys are not asked.
 * @returns the rows by table.
 * @throws StoreUnavailable (transient) when the store withholds some: a batch get answers 200 also when it left keys out.
 */
export async function batchGetTables(
  documents: DynamoDBDocumentClient,
  wanted: Wanted,
): Promise<(table: string) => readonly Row[]> {
  const rows = new Map<string, Row[]>();
  await Promise.all(requestsOf(wanted).map((request) => readInto(rows, documents, request)));
  return (table) => rows.get(table) ?? [];
}

function requestsOf(wanted: Wanted): Wanted[] {
  const keys = Object.entries(wanted).flatMap(([table, { Keys = [] }]) => Keys.map((key) => ({ table, key })));
  return Array.from({ length: Math.ceil(keys.length / MAX_KEYS) }, (_, n) => {
    const chunk = keys.slice(n * MAX_KEYS, (n + 1) * MAX_KEYS);
    const byTable = Map.groupBy(chunk, ({ table }) => table);
    const asked = Array.from(byTable, ([table, some]): [string, Wanted[string]] => {
      const Keys: Keys = some.map(({ key }) => key);
      return [table, { ...wanted[table], Keys }];
    });
    return Object.fromEntries(asked);
  });
}

async function readInto(rows: Map<string, Row[]>, documents: DynamoDBDocumentClient, request: Wanted): Promise<void> {
  let missing = request;
  for (let round = 1; Object.keys(missing).length > 0; round += 1) {
    if (round > MAX_ROUNDS) throw new StoreUnavailable(`Rows of ${Object.keys(missing).join(', ')} stayed unread`);
    if (round > 1) await delay(Math.random() * FIRST_DELAY_MS * 2 ** (round - 1));
    const answer = await documents.send(new BatchGetCommand({ RequestItems: missing }));
    for (const [table, found] of Object.entries(answer.Responses ?? {}))
      rows.set(table, [...(rows.get(table) ?? []), ...found]);
    missing = answer.UnprocessedKeys ?? {};
  }
}
