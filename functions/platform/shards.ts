/**
 * Rows that share an index's listing are spread over a few partition keys, so that no partition of the index runs hot:
 * DynamoDB takes 1,000 writes a second on one partition key (Developer Guide, "Best practices for designing and using
 * partition keys"). Readers merge the shards.
 */
export const SHARDS = 4;

/** The partition keys of a listing: `ORDERS#0` and so on. */
export function shardsOf<Listing extends string>(
  listing: Listing,
  shards: number = SHARDS,
): readonly `${Listing}#${number}`[] {
  return Array.from({ length: shards }, (_, shard) => `${listing}#${shard}` as const);
}

/** The one under which a row stands; always the same for the same id. */
export function shardFor<Listing extends string>(
  listing: Listing,
  id: string,
  shards: number = SHARDS,
): `${Listing}#${number}` {
  const sum = Buffer.from(id).reduce((total, byte) => total + byte, 0);
  return `${listing}#${sum % shards}`;
}
