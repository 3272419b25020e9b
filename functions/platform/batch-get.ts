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

/**
 * The rows of these keys, in no particular order; keys without a row are left out.
 * @throws StoreUnavailable (transient) when the store withholds some.
 */
export async function batchGet(
  documents: DynamoDBDocumentClient,
  table: string,
  keys: readonly Row[],
  { isConsistent = false, attributes }: BatchGetOptions = {},
): Promise<Row[]> {
  const chunks = Array.from({ length: Math.ceil(keys.length / MAX_KEYS) }, (_, n) =>
    keys.slice(n * MAX_KEYS, (n + 1) * MAX_KEYS),
  );
  const request = { ConsistentRead: isConsistent, ...(attributes && projectionOf(attributes)) };
  const answers = chunks.map((Keys) => batchGetTables(documents, { [table]: { Keys: [...Keys], ...request } }));
  return (await Promise.all(answers)).flatMap((rowsOf) => rowsOf(table));
}

/** Under names of their own, because some are words of the store's language. */
function projectionOf(attributes: readonly string[]) {
  return {
    ProjectionExpression: attributes.map((_, n) => `#a${n}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((attribute, n) => [`#a${n}`, attribute])),
  };
}

/**
 * The same of several tables in one request, which takes 100 keys in all; tables without keys are not asked.
 * @returns the rows by table.
 * @throws StoreUnavailable (transient) when the store withholds some: a batch get answers 200 also when it left keys out.
 */
export async function batchGetTables(
  documents: DynamoDBDocumentClient,
  wanted: NonNullable<BatchGetCommandInput['RequestItems']>,
): Promise<(table: string) => readonly Row[]> {
  const rows = new Map<string, Row[]>();
  let missing = Object.fromEntries(Object.entries(wanted).filter(([, { Keys = [] }]) => Keys.length > 0));
  for (let round = 1; Object.keys(missing).length > 0; round += 1) {
    if (round > MAX_ROUNDS) throw new StoreUnavailable(`Rows of ${Object.keys(missing).join(', ')} stayed unread`);
    if (round > 1) await delay(Math.random() * FIRST_DELAY_MS * 2 ** (round - 1));
    const answer = await documents.send(new BatchGetCommand({ RequestItems: missing }));
    for (const [table, found] of Object.entries(answer.Responses ?? {}))
      rows.set(table, [...(rows.get(table) ?? []), ...found]);
    missing = answer.UnprocessedKeys ?? {};
  }
  return (table) => rows.get(table) ?? [];
}
