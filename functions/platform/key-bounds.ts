/** Between which values of a sort key rows are wanted, both included. */
export interface KeyBounds {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** What a key condition says of it, after that of the partition key. Without a bound there is none: any text for it would leave some value out. */
export function boundsOf(sortKey: string, { from, to }: KeyBounds): string {
  if (from !== undefined && to !== undefined) return ` AND ${sortKey} BETWEEN :from AND :to`;
  if (from !== undefined) return ` AND ${sortKey} >= :from`;
  return to === undefined ? '' : ` AND ${sortKey} <= :to`;
}

/** The values that it names. */
export function boundValues({ from, to }: KeyBounds): Readonly<Record<string, string>> {
  return { ...(from !== undefined && { ':from': from }), ...(to !== undefined && { ':to': to }) };
}
