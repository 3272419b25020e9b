import { SeededRandom } from '../torture/seeded-random.ts';

/** What may go wrong, and where. */

/** At an AWS call of a function. "ForLong" also meets the SDK's own retries of the same call. */
export const CALL_MODES = [
  'refused',
  'refusedForLong',
  'answerLost',
  'answerLostForLong',
  'timeoutWithoutEffect',
  'timeoutWithEffect',
  'throttledForLong',
  'serverErrorForLong',
  'permanentError',
  'conflict',
  'conflictForLong',
  'duplicated',
  'malformedAnswer',
  'oversizedAnswer',
  'crashBefore',
  'crashAfter',
  'lateEffect',
] as const;

/** At the invocation of a function. */
export const INVOKE_MODES = [
  'throttled',
  'serviceError',
  'crashBefore',
  'crashAfter',
  'timeoutWithoutEffect',
  'timeoutWithEffect',
  'permanentError',
  'duplicated',
  'repeatedLater',
  'malformedAnswer',
  'oversizedAnswer',
  'downForMinutes',
] as const;

/** At a call of the payment provider. */
export const PAYMENT_MODES = [
  'delay',
  'dropBefore',
  'dropAfter',
  'silentAfter',
  'late',
  'error500Before',
  'error500After',
  'rateLimited',
  'unavailable',
  'unavailableForLong',
  'malformed',
  'truncated',
  'html',
  'huge',
  'slowDrip',
  'wrongAmount',
  'wrongCurrency',
  'wrongOrder',
  'duplicated',
  'crashBefore',
  'crashAfter',
] as const;

/** At the delivery of a webhook. */
export const WEBHOOK_MODES = ['webhookDrop', 'webhookDuplicate', 'webhookDelay', 'webhookReorder', 'forged'] as const;

/**
 * At the delivery of a batch of messages or of stream records. A record that is `expired` was unread for a day: no single
 * fault brings that about, for Lambda tries a record as long as the stream has it (Lambda Developer Guide, "Lambda
 * parameters for Amazon DynamoDB event source mappings").
 */
export const DELIVERY_MODES = ['duplicated', 'delayed', 'reordered', 'expired'] as const;

export type CallMode = (typeof CALL_MODES)[number];
export type InvokeMode = (typeof INVOKE_MODES)[number];
export type PaymentMode = (typeof PAYMENT_MODES)[number];
export type WebhookMode = (typeof WEBHOOK_MODES)[number];
export type DeliveryMode = (typeof DELIVERY_MODES)[number];
export type Mode = CallMode | InvokeMode | PaymentMode | WebhookMode | DeliveryMode;

/** A place that a run passes; the number counts the passes from 1, e.g. `create-order/DynamoDB.PutItem(Orders)#1`. */
export interface FaultPoint {
  readonly layer: Layer;
  readonly id: string;
}

export type Layer = 'call' | 'invoke' | 'payment' | 'webhook' | 'queue' | 'stream';

export interface Fault {
  readonly point: string;
  readonly mode: Mode;
}

const MODES_OF_LAYER = {
  call: CALL_MODES,
  invoke: INVOKE_MODES,
  payment: PAYMENT_MODES,
  webhook: WEBHOOK_MODES,
  queue: ['duplicated', 'delayed', 'reordered'],
  stream: ['duplicated', 'delayed'],
} as const satisfies Record<Layer, readonly Mode[]>;

/** Operations of a store that answer without changing anything: what cannot have an effect cannot have a late one. */
const READS = /\.(GetItem|Query|TransactGetItems|BatchGetItem|DescribeExecution|GetSecretValue)\b/;
const CONFLICTING = /DynamoDB\.(TransactWriteItems|TransactGetItems|PutItem|UpdateItem|DeleteItem)\b/;

/** The modes that make sense at a point. */
export function modesFor({ layer, id }: FaultPoint): readonly Mode[] {
  const modes: readonly Mode[] = MODES_OF_LAYER[layer];
  if (layer !== 'call') return modes;
  return modes.filter((mode) => {
    if (mode.startsWith('conflict')) return CONFLICTING.test(id);
    if (mode === 'lateEffect' || mode === 'duplicated' || mode === 'answerLostForLong') return !READS.test(id);
    return true;
  });
}

/** Counts the points that a run passes, and says which are to fail. */
export class Injector {
  readonly passed: FaultPoint[] = [];
  readonly fired = new Set<string>();
  readonly #armed = new Map<string, Mode>();
  readonly #counts = new Map<string, number>();

  constructor(faults: readonly Fault[] = []) {
    for (const { point, mode } of faults) this.#armed.set(point, mode);
  }

  /** @param place the point without its number. */
  pass(layer: Layer, place: string): Mode | undefined {
    const count = (this.#counts.get(place) ?? 0) + 1;
    this.#counts.set(place, count);
    const id = `${place}#${count}`;
    this.passed.push({ layer, id });
    const mode = this.#armed.get(id);
    if (mode !== undefined) this.fired.add(id);
    return mode;
  }
}

/**
 * Makes things go wrong anywhere, as a seed will have it. What happens at a point follows from the seed and the point's
 * own name and number, not from the points passed before it.
 */
export class RandomInjector extends Injector {
  readonly #seed: number;
  readonly #share: number;
  isActive = true;

  /** @param share of points at which something goes wrong, 0 to 1. */
  constructor(seed: number, share: number) {
    super();
    this.#seed = seed;
    this.#share = share;
  }

  override pass(layer: Layer, place: string): Mode | undefined {
    super.pass(layer, place);
    const point = this.passed.at(-1);
    if (!this.isActive || point === undefined) return undefined;
    const random = new SeededRandom(hashOf(`${this.#seed} ${point.id}`));
    if (!random.chance(this.#share)) return undefined;
    this.fired.add(point.id);
    return random.oneOf(modesFor(point));
  }
}

/** 32 bits of a text (FNV-1a). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
