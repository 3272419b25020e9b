import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { System } from '../../cli/system.ts';
import { SeededRandom } from '../torture/seeded-random.ts';
import { awsRequests } from './aws-requests.ts';
import { mutated } from './mutate.ts';
import { Probe } from './probe.ts';
import { shopRequests } from './shop-requests.ts';
import { described, send, type WireRequest } from './wire-request.ts';

export interface CampaignOptions {
  readonly seed: number;
  /** To the shop's routes, and as many to the AWS endpoint. */
  readonly requests: number;
  readonly tokens: { readonly admin: string; readonly customer: string };
  readonly onProgress: (text: string) => void;
  readonly onFailure: (failure: string) => void;
}

export interface CampaignResult {
  readonly sent: number;
  /** How often each answer came. */
  readonly answers: ReadonlyMap<string, number>;
  readonly failures: readonly string[];
  readonly memoryGrowthBytes: number;
}

const MAX_GROWTH_BYTES = 100 * 1024 * 1024;
const AT_A_TIME = 8;
const PROBE_EVERY = 250;
const WARM_UP = 200;
/** Below what the stage lets through (`apiThrottle` of infra/config.ts): above it nothing reaches the shop. */
const SHOP_REQUESTS_PER_SECOND = 200;

/** Mutated requests against a running system; whatever is wrong comes as a line. */
export async function playMutatedRequests(system: System, options: CampaignOptions): Promise<CampaignResult> {
  const { runtime } = system;
  const run = new MutatedRequests(await Probe.open(system), options);
  const shop = [...shopRequests(options.tokens.customer), ...shopRequests(options.tokens.admin)];
  const sides = [
    { name: 'shop', url: system.deployment.output('HttpApiUrl'), valid: shop, maxPerSecond: SHOP_REQUESTS_PER_SECOND },
    { name: 'aws', url: runtime.endpointUrl, valid: awsRequests(system) },
  ];
  for (const side of sides) await run.play(side, WARM_UP);
  await untilIdle(system);
  const before = usedBytes();
  for (const side of sides) await run.play(side, options.requests);
  await untilIdle(system);
  return run.result(usedBytes() - before);
}

interface Side {
  readonly name: string;
  readonly url: string;
  readonly valid: readonly WireRequest[];
  /** As fast as it answers, unless told. */
  readonly maxPerSecond?: number;
}

class MutatedRequests {
  readonly #probe: Probe;
  readonly #options: CampaignOptions;
  readonly #answers = new Map<string, number>();
  readonly #failures: string[] = [];
  #sent = 0;

  constructor(probe: Probe, options: CampaignOptions) {
    this.#probe = probe;
    this.#options = options;
  }

  async play(side: Side, count: number): Promise<void> {
    // Of the side alone: each can be repeated without the other.
    const random = new SeededRandom(this.#options.seed + side.name.length);
    const batchMs = (AT_A_TIME / (side.maxPerSecond ?? Infinity)) * 1000;
    for (let first = 0; first < count; first += AT_A_TIME) {
      const startedAtMs = performance.now();
      const requests = Array.from({ length: Math.min(AT_A_TIME, count - first) }, () =>
        mutated(random.oneOf(side.valid), random),
      );
      await Promise.all(requests.map((request) => this.#sendOne(side, request)));
      // Of each batch alone: to catch up after a standstill would be more than the stage lets through.
      await delay(Math.max(0, startedAtMs + batchMs - performance.now()));
      if (first % PROBE_EVERY < AT_A_TIME) await this.#visit();
      this.#options.onProgress(`${side.name}: ${first} of ${count} requests, ${this.#failures.length} failures`);
    }
  }

  result(memoryGrowthBytes: number): CampaignResult {
    if (memoryGrowthBytes > MAX_GROWTH_BYTES) this.#fail(`${memoryGrowthBytes} bytes of memory did not come back`);
    return { sent: this.#sent, answers: this.#answers, failures: this.#failures, memoryGrowthBytes };
  }

  #fail(failure: string): void {
    this.#failures.push(failure);
    this.#options.onFailure(failure);
  }

  async #sendOne(side: Side, request: WireRequest): Promise<void> {
    const answer = await send(side.url, request);
    this.#sent += 1;
    const key = `${side.name} ${answer}`;
    this.#answers.set(key, (this.#answers.get(key) ?? 0) + 1);
    const isLost = answer === 'silent' || (answer === 'closed' && request.sentBytes === undefined);
    if (isLost || (typeof answer === 'number' && answer >= 500)) this.#fail(`${key}: ${described(request)}`);
  }

  async #visit(): Promise<void> {
    await this.#probe.visit().catch((error: Error) => this.#fail(`the customer was not served: ${error.message}`));
  }
}

/** No execution is under way: what is held then is held for good. */
async function untilIdle({ runtime }: System): Promise<void> {
  while (runtime.services.stepFunctions.runningCount > 0) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** What the process holds after a collection, with what lies outside of the heap. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
