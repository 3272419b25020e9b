import { formatTable } from '../../cli/orders/table.ts';
import type { Measurement } from './measure-paths.ts';
import { ORDER_PATHS, type PathName } from './order-paths.ts';
import type { EdgeCost } from './edge-cost.ts';
import { priced, sum, type PriceList, type StandingCost } from './price-list.ts';
import { meanOf, PRICED_NAMES, USAGE_NAMES, type PricedName, type UsageName } from './usage.ts';

const MILLION = 1_000_000;

const LABELS: Readonly<Record<UsageName, string>> = {
  stateTransitions: 'Step Functions transitions',
  lambdaInvocations: 'Lambda invocations',
  sdkCalls: 'SDK calls of functions',
  lambdaGbMs: 'Lambda GB-ms',
  dynamoDbWriteUnits: 'DynamoDB write units',
  dynamoDbReadUnits: 'DynamoDB read units',
  eventBridgeEvents: 'EventBridge events',
  archivedBytes: 'archived bytes',
  sqsRequests: 'SQS requests',
  httpApiRequests: 'HTTP API requests',
  logBytes: 'log bytes',
  secretReads: 'secret reads',
};

interface Row {
  readonly label: string;
  readonly cells: Readonly<Record<PathName, string>>;
}

/** What one order of each path uses, and what a million of them cost. */
export function formatCost(measurement: Measurement, standing: StandingCost, list: PriceList): string[] {
  const countRows = USAGE_NAMES.map((name) =>
    row(LABELS[name], (path) => count(meanOf(measurement.paths[path].orders)[name])),
  );
  const costRows = PRICED_NAMES.map((name) =>
    row(LABELS[name], (path) => dollars(costOf(measurement, path, list)[name])),
  );
  return [
    'One order uses (counted on real runs, one order at a time, hence without any batching; mean):',
    '',
    ...table(countRows),
    '',
    `A million orders cost, in US dollars (${list.region}, prices of ${list.readOn}, no free tier):`,
    '',
    ...table([
      ...costRows,
      row('Step Functions + Lambda', (path) => dollars(coreOf(measurement, path, list))),
      row('all in', (path) => dollars(allInOf(measurement, path, list))),
    ]),
    '',
    ...verdict(measurement, list),
    '',
    ...standingLines(standing),
    ...CAVEATS,
  ];
}

/** Whether a million confirmed orders stay within the targets. */
export function meetsTargets(measurement: Measurement, list: PriceList): boolean {
  const { stepFunctionsAndLambda, allIn } = list.targets;
  return (
    coreOf(measurement, 'confirmed', list) <= stepFunctionsAndLambda && allInOf(measurement, 'confirmed', list) <= allIn
  );
}

function verdict(measurement: Measurement, list: PriceList): string[] {
  const [least, most] = list.surveyed.usdPerMillion;
  const { stepFunctionsAndLambda, allIn } = list.targets;
  return [
    `Confirmed, Step Functions + Lambda: $${dollars(coreOf(measurement, 'confirmed', list))} (target $${stepFunctionsAndLambda}; surveyed sagas $${least} to $${most})`,
    `Confirmed, all in:                  $${dollars(allInOf(measurement, 'confirmed', list))} (target $${allIn})`,
  ];
}

function standingLines({ scheduledFunctions, emptyPolls, resources }: StandingCost): string[] {
  return [
    'Beside the orders, a month costs:',
    `  scheduled functions       $${dollars(scheduledFunctions)}`,
    `  polls of empty queues     $${dollars(emptyPolls)}  (at most: a poll that brings messages is counted with its order)`,
    `  alarms, keys, secrets     $${dollars(resources)}`,
    '',
  ];
}

/** What stands before page and API; no order is counted in it. */
export function formatEdge({ rules, month, millionRequests, millionFirstVisits, visit }: EdgeCost): string[] {
  const perVisit = `${visit.requests} requests, ${(visit.bytes / 1000).toFixed(0)} kB`;
  return [
    'Before page and API, and beside all of that, the edge costs:',
    `  web ACL, its ${rules} rules      $${dollars(month)} a month`,
    `  a million requests        $${dollars(millionRequests)}`,
    `  a million first visits    $${dollars(millionFirstVisits)}  (${perVisit} each, before anything is asked for)`,
  ];
}

const CAVEATS = [
  'Lambda durations are those of this machine, each rounded up to a whole millisecond. They differ from AWS, where CPU is',
  'scaled with memory and every call crosses a network: take that one line with care, the others are counts.',
  'Not counted: storage, data transfer, X-Ray, KMS requests, cold starts, metrics of the shop’s own ($0.30 a month for each',
  'that has data), and the checkout itself (HTTP API to outbox).',
];

function row(label: string, cell: (path: PathName) => string): Row {
  return { label, cells: Object.fromEntries(ORDER_PATHS.map(({ name }) => [name, cell(name)])) as Row['cells'] };
}

function table(rows: readonly Row[]): string[] {
  return formatTable(rows, [
    { title: '', cell: ({ label }) => label },
    ...ORDER_PATHS.map(({ name, title }) => ({
      title,
      align: 'right' as const,
      cell: ({ cells }: Row) => cells[name],
    })),
  ]);
}

function costOf(measurement: Measurement, path: PathName, list: PriceList): Record<PricedName, number> {
  return priced(meanOf(measurement.paths[path].orders), list, MILLION);
}

function coreOf(measurement: Measurement, path: PathName, list: PriceList): number {
  const cost = costOf(measurement, path, list);
  return cost.stateTransitions + cost.lambdaInvocations + cost.lambdaGbMs;
}

function allInOf(measurement: Measurement, path: PathName, list: PriceList): number {
  return sum(Object.values(costOf(measurement, path, list)));
}

function count(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

function dollars(value: number): string {
  return value.toFixed(2);
}
