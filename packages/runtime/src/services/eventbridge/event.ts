import { randomUUID } from 'node:crypto';
import type { StackIdentity } from '../../assembly/resource-type.ts';
import { eventTime } from '../shared/event-time.ts';

/** An event on a bus: the envelope, parsed for patterns and as the text that targets get. */
export interface BusEvent {
  readonly id: string;
  /** The event's own time, epoch milliseconds. */
  readonly timeMs: number;
  readonly envelope: Readonly<Record<string, unknown>>;
  /** Written when first asked for: most events of AWS services match nothing. */
  readonly json: string;
}

export interface EventFields {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  /** The detail as its sender wrote it; targets get these bytes. */
  readonly detailJson?: string;
  readonly resources: readonly string[];
  readonly timeMs: number;
}

export function makeEvent(fields: EventFields, stack: Pick<StackIdentity, 'accountId' | 'region'>): BusEvent {
  const id = randomUUID();
  const head = {
    version: '0',
    id,
    'detail-type': fields.detailType,
    source: fields.source,
    account: stack.accountId,
    time: eventTime(fields.timeMs),
    region: stack.region,
    resources: fields.resources,
  };
  let json: string | undefined;
  return {
    id,
    timeMs: fields.timeMs,
    envelope: { ...head, detail: fields.detail },
    get json() {
      json ??= `${JSON.stringify(head).slice(0, -1)},"detail":${fields.detailJson ?? JSON.stringify(fields.detail)}}`;
      return json;
    },
  };
}

/** An archived event as a replay delivers it: the same event with `replay-name`. */
export function replayedEvent(json: string, timeMs: number, replayName: string): BusEvent {
  const envelope = JSON.parse(json) as Record<string, unknown>;
  return {
    id: String(envelope.id),
    timeMs,
    envelope: { ...envelope, 'replay-name': replayName },
    json: `${json.slice(0, -1)},"replay-name":${JSON.stringify(replayName)}}`,
  };
}
