import type { CapacityUnits } from './capacity.ts';

/** The operation under which a function's own invocations are counted. */
export const INVOCATION = 'invoked';

/** What one function did with one operation, for one order. */
export interface FunctionCall {
  /** E.g. `OrdersCreateOrder`. */
  readonly functionName: string;
  /** E.g. `DynamoDB.PutItem`. */
  readonly operation: string;
  readonly times: number;
  readonly writeUnits: number;
}

/** Counts calls by function and operation. */
export class FunctionCalls {
  readonly #calls = new Map<string, FunctionCall>();

  /** @param logicalId of the function. */
  count(logicalId: string, operation: string, capacity: readonly CapacityUnits[]): void {
    const functionName = logicalId.replace(/Function$/, '');
    const key = `${functionName} ${operation}`;
    const { times = 0, writeUnits = 0 } = this.#calls.get(key) ?? {};
    const written = capacity.reduce((sum, { write }) => sum + write, 0);
    this.#calls.set(key, { functionName, operation, times: times + 1, writeUnits: writeUnits + written });
  }

  all(): FunctionCall[] {
    return [...this.#calls.values()];
  }
}
