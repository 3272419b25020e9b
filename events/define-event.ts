import type * as z from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { describeIssues } from './describe-issues.ts';
import { tolerant } from './tolerant-schema.ts';
import type { OrderId, Sku } from './vocabulary.ts';

/** One kind of event on the bus: the only place where its source, its names and its shape are spelled. */
export interface EventDefinition<Schema extends z.ZodType> {
  /** EventBridge `source`: the service that states the fact. */
  readonly source: string;
  /** What the event is called in the code and in ids, e.g. `OrderPlaced`. */
  readonly name: string;
  /** EventBridge `detail-type`: the name with the version of its meaning, e.g. `OrderPlaced.v1`. */
  readonly detailType: string;
  /** What a publisher of this version writes: no other field is allowed, so that nothing personal slips in. */
  readonly published: Schema;
  /** What a reader of this version takes: a field that it does not know was added later. It is kept and passed on. */
  readonly received: Schema;
}

/**
 * Two versions of the shop run side by side while one is deployed, and archived events outlive both. So a field is
 * added as optional, for readers of old events, and a reader keeps what it does not know, for new ones; so it does with
 * a word that a closed list did not have before (`orNewer`). A changed meaning is a new `.v2` beside the old one. See
 * docs/decisions/0019 and 0027.
 * @param detailType `<PastTenseName>.v<version>`.
 */
export function defineEvent<Schema extends z.ZodType>(
  source: string,
  detailType: `${string}.v${number}`,
  detail: Schema,
): EventDefinition<Schema> {
  const name = detailType.slice(0, detailType.lastIndexOf('.'));
  return { source, name, detailType, published: detail, received: tolerant(detail) };
}

/** The detail that an event carries. */
export type DetailOf<Definition> = Definition extends EventDefinition<infer Schema> ? z.infer<Schema> : never;

/**
 * The identity of an event: the same fact has the same id however often it is written, published or replayed.
 * @param discriminator tells apart facts of one name that a subject may have several of (e.g. parked step and time).
 */
export function eventIdOf(
  { name }: Pick<EventDefinition<z.ZodType>, 'name'>,
  subject: OrderId | Sku,
  discriminator?: string,
): string {
  return [subject, name, ...(discriminator === undefined ? [] : [discriminator])].join('.');
}

/**
 * The bytes of an event as it goes onto the bus.
 * @throws Error naming the fields that its definition does not have: a mistake in the publisher.
 */
export function publishedBytes<Schema extends z.ZodType>(
  { detailType, published }: EventDefinition<Schema>,
  detail: z.infer<Schema>,
): string {
  const checked = published.safeParse(detail);
  if (!checked.success) {
    throw new Error(`${detailType} is not what events/ defines: ${describeIssues(checked.error)}`);
  }
  return canonicalJson(checked.data);
}
