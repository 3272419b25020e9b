import { QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Row } from './batch-get.ts';
import { boundsOf, boundValues, type KeyBounds } from './key-bounds.ts';

/** One sorted part of a listing: what stands under one partition key of an index of keys. */
export interface Strand extends KeyBounds {
  readonly indexName: string;
  readonly partitionKey: string;
  readonly value: string;
}

/** Where an entry stands in its strand: the key of its row, and its sort key. Short, because a cursor has one of each strand. */
type Mark = readonly string[];

/** An entry of the listing, and the strand that it stands in. */
export interface Entry {
  readonly strand: number;
  readonly key: Row;
  readonly mark: Mark;
}

/** The last entry that was read of each strand; null where none was. Where a listing goes on. */
export type Position = readonly (Mark | null)[];

export interface IndexMergeOptions {
  readonly documents: DynamoDBDocumentClient;
  readonly table: string;
  /** Attributes of the table's own key. */
  readonly tableKey: readonly string[];
  readonly strands: readonly Strand[];
  /** The fewest strands over which chance spreads what follows one another in the listing. */
  readonly shards: number;
  /** Attribute by which all strands are sorted. */
  readonly sortKey: string;
  readonly order: 'ascending' | 'descending';
  readonly from?: Position | undefined;
}

interface Buffer {
  keys: Row[];
  after: Row | undefined;
  isAtEnd: boolean;
}

/** Reads the strands of an index as one listing. */
export class IndexMerge {
  readonly #options: IndexMergeOptions;
  readonly #marked: readonly string[];
  readonly #buffers: readonly Buffer[];

  constructor(options: IndexMergeOptions) {
    this.#options = options;
    this.#marked = [...options.tableKey, options.sortKey];
    this.#buffers = options.strands.map((strand, n) => ({
      keys: [],
      after: this.#keyAt(strand, options.from?.[n]),
      isAtEnd: false,
    }));
  }

  /** The next entries in the listing's order; fewer than asked for only at its end. */
  async take(count: number): Promise<Entry[]> {
    const taken: Entry[] = [];
    while (taken.length < count) {
      await Promise.all(this.#buffers.map((_, strand) => this.#fill(strand, count - taken.length)));
      const strand = this.#next();
      if (strand === undefined) break;
      const key = this.#buffers[strand]!.keys.shift()!;
      taken.push({ strand, key, mark: this.#marked.map((name) => String(key[name])) });
    }
    return taken;
  }

  #keyAt({ partitionKey, value }: Strand, mark: Mark | null | undefined): Row | undefined {
    if (mark === null || mark === undefined) return undefined;
    return { [partitionKey]: value, ...Object.fromEntries(this.#marked.map((name, n) => [name, mark[n]])) };
  }

  /** An empty buffer says nothing about where its strand stands: it is read on until it has a key or ends. */
  async #fill(strand: number, count: number): Promise<void> {
    const buffer = this.#buffers[strand]!;
    while (buffer.keys.length === 0 && !buffer.isAtEnd) {
      const { Items = [], LastEvaluatedKey } = await this.#query(strand, count, buffer.after);
      buffer.keys.push(...Items);
      buffer.after = LastEvaluatedKey;
      buffer.isAtEnd = LastEvaluatedKey === undefined;
    }
  }

  #query(strand: number, count: number, after: Row | undefined) {
    const { documents, table, strands, shards, sortKey, order } = this.#options;
    const { indexName, partitionKey, value, ...bounds } = strands[strand]!;
    return documents.send(
      new QueryCommand({
        TableName: table,
        IndexName: indexName,
        KeyConditionExpression: `${partitionKey} = :value${boundsOf(sortKey, bounds)}`,
        ExpressionAttributeValues: { ':value': value, ...boundValues(bounds) },
        ScanIndexForward: order === 'ascending',
        Limit: expectedOf(count, shards),
        ...(after && { ExclusiveStartKey: after }),
      }),
    );
  }

  /** The strand whose next key comes first. */
  #next(): number | undefined {
    const { sortKey, order } = this.#options;
    const heads = this.#buffers.flatMap(({ keys: [head] }, strand) => (head === undefined ? [] : [{ strand, head }]));
    const isBefore = (one: Row, other: Row): boolean => {
      const [a, b] = [String(one[sortKey]), String(other[sortKey])];
      return order === 'ascending' ? a < b : a > b;
    };
    return heads.reduce<(typeof heads)[number] | undefined>(
      (first, head) => (first === undefined || isBefore(head.head, first.head) ? head : first),
      undefined,
    )?.strand;
  }
}

/**
 * How many of the next entries stand in one strand at most, by all odds: they are spread over the shards by chance, so
 * more than an even share by two standard deviations. Where there are more, the strand is read on.
 */
function expectedOf(count: number, shards: number): number {
  const share = 1 / shards;
  return Math.min(count, Math.ceil(count * share + 2 * Math.sqrt(count * share * (1 - share))));
}

/** The position after these entries were read, too. */
export function positionAfter(position: Position, entries: readonly Entry[]): Position {
  const next = [...position];
  for (const { strand, mark } of entries) next[strand] = mark;
  return next;
}
