import type * as z from 'zod';

/** One kind of event on the bus: the only place where its source, its wire name and its shape are spelled. */
export interface EventDefinition<Schema extends z.ZodType> {
  /** EventBridge `source`: the service that states the fact. */
  readonly source: string;
  /** EventBridge `detail-type`, with the version of the meaning, e.g. `OrderPlaced.v1`. */
  readonly detailType: string;
  /** The one source of the detail's shape; the type and the JSON Schema are derived from it. */
  readonly detail: Schema;
}

/**
 * A field is added as optional; a changed meaning is a new `.v2` beside the old one.
 * @param detailType `<PastTenseName>.v<version>`.
 */
export function defineEvent<Schema extends z.ZodType>(
  source: string,
  detailType: `${string}.v${number}`,
  detail: Schema,
): EventDefinition<Schema> {
  return { source, detailType, detail };
}

/** The detail that an event carries. */
export type DetailOf<Definition> = Definition extends EventDefinition<infer Schema> ? z.infer<Schema> : never;
