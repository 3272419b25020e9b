import { invalidParameter } from './api-answer.ts';
import { limitOf } from './request-parameters.ts';
import type { EventFilter } from './webhook-outbox.ts';

/** docs.stripe.com/api/events/list */
const MAX_TYPES = 20;
const PLAIN = new Set(['limit', 'starting_after', 'type', 'delivery_success']);
const TYPES = /^types\[\d*\]$/;
/** `created[gte]=…`, or `created=…` for one second. */
const CREATED = /^created(?:\[(gt|gte|lt|lte)\])?$/;

/**
 * The filter of a list of events.
 * @throws ApiFailure for a parameter that the provider does not know, or that is not played here: none is ignored.
 */
export function eventFilterOf(query: URLSearchParams): EventFilter {
  for (const name of query.keys()) {
    if (PLAIN.has(name) || TYPES.test(name) || CREATED.test(name)) continue;
    throw invalidParameter(name, `Received unknown parameter: ${name}`, 'parameter_unknown');
  }
  return {
    types: typesOf(query),
    ...createdOf(query),
    isDelivered: isDeliveredOf(query),
    startingAfter: query.get('starting_after') ?? undefined,
    limit: limitOf(query),
  };
}

function typesOf(query: URLSearchParams): string[] {
  const type = query.get('type');
  const types = [...query].filter(([name]) => TYPES.test(name)).map(([, value]) => value);
  if (type !== null && types.length > 0) {
    throw invalidParameter('type', 'You may only specify one of these parameters: type, types.');
  }
  if (types.length > MAX_TYPES) throw invalidParameter('types', `You may pass at most ${MAX_TYPES} types.`);
  return type === null ? types : [type];
}

function isDeliveredOf(query: URLSearchParams): boolean | undefined {
  const value = query.get('delivery_success');
  if (value === null) return undefined;
  if (value !== 'true' && value !== 'false') {
    throw invalidParameter('delivery_success', `Invalid boolean: ${value.slice(0, 40)}`, 'parameter_invalid_boolean');
  }
  return value === 'true';
}

/** Seconds, as the provider has them: an event of any moment within one counts as of that second. */
function createdOf(query: URLSearchParams): Pick<EventFilter, 'fromMs' | 'toMs'> {
  let [fromMs, toMs] = [0, Number.MAX_SAFE_INTEGER];
  for (const [name, value] of query) {
    const bound = CREATED.exec(name);
    if (bound === null) continue;
    if (!/^\d{1,11}$/.test(value))
      throw invalidParameter(name, `Invalid timestamp: ${value.slice(0, 40)}`, 'parameter_invalid_integer');
    const ms = Number(value) * 1000;
    if (bound[1] === 'gt') fromMs = ms + 1000;
    if (bound[1] === 'gte' || bound[1] === undefined) fromMs = ms;
    if (bound[1] === 'lt') toMs = ms - 1;
    if (bound[1] === 'lte' || bound[1] === undefined) toMs = ms + 999;
  }
  return { fromMs, toMs };
}
