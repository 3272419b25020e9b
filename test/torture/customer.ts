import * as z from 'zod';
import type { SeededRandom } from './seeded-random.ts';

const Waiting = z.object({ intents: z.array(z.object({ id: z.string() })) });

const LOOK_EVERY_MS = 250;
/** The rest of the customers fail to authenticate: their payment is declined. */
const CONFIRMS = 0.8;

/** All customers who must confirm a payment, on the provider's page. Beside the system, so a kill does not stop them. */
export class Customers {
  readonly #sandboxUrl: string;
  readonly #random: SeededRandom;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(sandboxUrl: string, random: SeededRandom) {
    this.#sandboxUrl = sandboxUrl;
    this.#random = random;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.#confirmAll()
        // The provider's process is killed with the rest: the customers come back.
        .catch(() => undefined)
        .finally(() => (this.#looking = undefined));
    }, LOOK_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #confirmAll(): Promise<void> {
    const response = await fetch(`${this.#sandboxUrl}/_sandbox/intents?status=requires_action`);
    const { intents } = Waiting.parse(await response.json());
    for (const { id } of intents) {
      const outcome = this.#random.chance(CONFIRMS) ? 'confirm' : 'fail';
      const url = `${this.#sandboxUrl}/_sandbox/intents/${id}/authenticate`;
      await fetch(url, { method: 'POST', body: JSON.stringify({ outcome }) });
    }
  }
}
