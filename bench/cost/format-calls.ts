import { formatTable } from '../../cli/orders/table.ts';
import { INVOCATION, type FunctionCall } from './function-calls.ts';
import type { Measurement } from './measure-paths.ts';
import { ORDER_PATHS, type OrderPath } from './order-paths.ts';

interface Row {
  readonly functionName: string;
  readonly operation: string;
}

/**
 * Where the calls and the write units of an order go, on each path: one line for each function and operation, in the
 * order in which the paths meet them.
 */
export function formatCalls({ paths }: Measurement): string[] {
  const rows = rowsOf(ORDER_PATHS.flatMap(({ name }) => paths[name].calls));
  return [
    'The last order of each path: calls of functions through the SDK (write units of DynamoDB in brackets):',
    '',
    ...formatTable(rows, [
      { title: 'function', cell: ({ functionName, operation }) => (operation === INVOCATION ? functionName : '') },
      { title: 'call', cell: ({ operation }) => operation },
      ...ORDER_PATHS.map(({ name, title }: OrderPath) => ({
        title,
        align: 'right' as const,
        cell: (row: Row) => cellOf(paths[name].calls.find((call) => isOf(call, row))),
      })),
    ]),
    '',
  ];
}

/** Each function with its invocations first. */
function rowsOf(calls: readonly FunctionCall[]): Row[] {
  const names = new Set(calls.map(({ functionName }) => functionName));
  return [...names].flatMap((functionName) => {
    const operations = new Set(
      calls.filter((call) => call.functionName === functionName).map((call) => call.operation),
    );
    const called = [...operations].filter((operation) => operation !== INVOCATION);
    return [INVOCATION, ...called].map((operation) => ({ functionName, operation }));
  });
}

function isOf(call: FunctionCall, { functionName, operation }: Row): boolean {
  return call.functionName === functionName && call.operation === operation;
}

function cellOf(call: FunctionCall | undefined): string {
  if (call === undefined) return '';
  return call.writeUnits === 0 ? String(call.times) : `${call.times} (${call.writeUnits})`;
}
