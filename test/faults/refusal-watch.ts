import type { InvocationResult } from '@order-workflow/runtime/services/shared';
import type { Violation } from '../invariants/rule.ts';
import type { World } from './world.ts';

const SHORTAGE = /^([\w.-]+): wanted (\d+), available (?:\d+|none)$/;

/**
 * Holds every "out of stock" against what was free while it was decided: at some moment between the begin and the end of
 * the invocation that said it, all rows of the product together must have had fewer units than were wanted. It knows
 * every state of the stock, and nothing of how the decision is made.
 */
export class RefusalWatch {
  /** Units that were available after each write, by product; the last is now. */
  readonly #states: Map<string, number>[] = [new Map()];
  readonly violations: Violation[] = [];
  refusals = 0;

  /** Watches a world from now on. */
  constructor({ tables, host }: World) {
    tables.onStockChange = (rows) => this.#states.push(availableIn(rows));
    const invoke = host.invoke.bind(host);
    host.invoke = async (name, payload) => {
      const from = this.#states.length - 1;
      const result = await invoke(name, payload);
      if (/(^|:)reserve-inventory$/.test(name)) this.#check(result, from);
      return result;
    };
  }

  #check({ payload, functionError }: InvocationResult, from: number): void {
    if (functionError === undefined) return;
    const { errorType, errorMessage } = JSON.parse(payload) as { errorType: string; errorMessage: string };
    if (errorType !== 'OutOfStock') return;
    this.refusals += 1;
    for (const [, sku = '', wanted] of errorMessage.split('; ').flatMap((each) => [SHORTAGE.exec(each) ?? []])) {
      const fewest = Math.min(...this.#states.slice(from).map((state) => state.get(sku) ?? 0));
      if (fewest < Number(wanted)) continue;
      const because = `${wanted} wanted and told out of stock, while at least ${fewest} were free`;
      this.violations.push({ rule: 'S4', keys: { sku }, because, rows: [] });
    }
  }
}

function availableIn(rows: readonly Record<string, unknown>[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { sku, available } of rows) {
    const product = String(sku).split('#')[0]!;
    units.set(product, (units.get(product) ?? 0) + Number(available));
  }
  return units;
}
