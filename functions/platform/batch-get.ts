import { setTimeout as delay } from 'node:timers/promises';
import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { StoreUnavailable } from './errors.ts';

export type Row = Readonly<Record<string, unknown>>;

/** What one BatchGetItem takes. */
const MAX_KEYS = 100;
const MAX_ROUNDS = 5;
const FIRST_DELAY_MS = 20;

/**
 * The rows of these keys, in no particular order; keys without a row are left out.
 * @throws StoreUnavailable (transient) when the store withholds some: a batch get answers 200 also when it left keys out.
 */
export async function batchGet(
  documents: DynamoDBDocumentClient,
  table: string,
  keys: readonly Row[],
  { isConsistent = false }: { readonly isConsistent?: boolean } = {},
): Promise<Row[]> {
  const chunks = Array.from({ length: Math.ceil(keys.length / MAX_KEYS) }, (_, n) =>
    keys.slice(n * MAX_KEYS, (n + 1) * MAX_KEYS),
  );
  return (await Promise.all(chunks.map((chunk) => getChunk(documents, table, chunk, isConsistent)))).flat();
}

async function getChunk(
  documents: DynamoDBDocumentClient,
  table: string,
  keys: readonly Row[],
  ConsistentRead: boolean,
): Promise<Row[]> {
  const rows: Row[] = [];
  let missing = keys;
  for (let round = 1; ; round += 1) {
    const { Responses, UnprocessedKeys } = await documents.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: [...missing], ConsistentRead } } }),
    );
    rows.push(...(Responses?.[table] ?? []));
    missing = UnprocessedKeys?.[table]?.Keys ?? [];
    if (missing.length === 0) return rows;
    if (round === MAX_ROUNDS) throw new StoreUnavailable(`${missing.length} rows of ${table} stayed unread`);
    await delay(Math.random() * FIRST_DELAY_MS * 2 ** round);
  }
}
