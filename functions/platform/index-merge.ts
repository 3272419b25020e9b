import { QueryCommand, type DynamoDBDocumentClient, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Row } from './batch-get.ts';

/** One sorted part of a listing: what a query finds under one partition key of an index of keys. */
export type Strand = Pick<QueryCommandInput, 'IndexName' | 'KeyConditionExpression' | 'ExpressionAttributeValues'>;

/** An entry of the listing, and the strand that it stands in. */
export interface Entry {
  readonly strand: number;
  readonly key: Row;
}

/** The last entry that was read of each strand; null where none was. Where a listing goes on. */
export type Position = readonly (Row | null)[];

export interface IndexMergeOptions {
  readonly documents: DynamoDBDocumentClient;
  readonly table: string;
  readonly strands: readonly Strand[];
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
  readonly #buffers: readonly Buffer[];

  constructor(options: IndexMergeOptions) {
    this.#options = options;
    this.#buffers = options.strands.map((_, strand) => ({
      keys: [],
      after: options.from?.[strand] ?? undefined,
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
      taken.push({ strand, key: this.#buffers[strand]!.keys.shift()! });
    }
    return taken;
  }

  /** An empty buffer says nothing about where its strand stands: it is read on until it has a key or ends. */
  async #fill(strand: number, count: number): Promise<void> {
    const { documents, table, strands, order } = this.#options;
    const buffer = this.#buffers[strand]!;
    while (buffer.keys.length === 0 && !buffer.isAtEnd) {
      const { Items = [], LastEvaluatedKey } = await documents.send(
        new QueryCommand({
          TableName: table,
          ...strands[strand],
          ScanIndexForward: order === 'ascending',
          Limit: count,
          ...(buffer.after && { ExclusiveStartKey: buffer.after }),
        }),
      );
      buffer.keys.push(...Items);
      buffer.after = LastEvaluatedKey;
      buffer.isAtEnd = LastEvaluatedKey === undefined;
    }
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

/** The position after these entries were read, too. */
export function positionAfter(position: Position, entries: readonly Entry[]): Position {
  const next = [...position];
  for (const { strand, key } of entries) next[strand] = key;
  return next;
}
