/** What AWS bills, in the units that it counts in. One record is the usage of one order. */
export interface Usage {
  readonly stateTransitions: number;
  readonly lambdaInvocations: number;
  /** Calls of functions to AWS services through the SDK, each try counted; it costs nothing by itself, but time. */
  readonly sdkCalls: number;
  /** Configured memory in GB x duration in milliseconds, as measured on this machine. The only figure that is time. */
  readonly lambdaGbMs: number;
  readonly dynamoDbWriteUnits: number;
  readonly dynamoDbReadUnits: number;
  readonly eventBridgeEvents: number;
  readonly archivedBytes: number;
  readonly sqsRequests: number;
  readonly httpApiRequests: number;
  readonly logBytes: number;
  readonly secretReads: number;
}

export type UsageName = keyof Usage;

/** What each figure is made of: the amount by kind of call or log line. */
export type UsageDetails = { [Name in UsageName]?: Map<string, number> };

export const NO_USAGE: Usage = {
  stateTransitions: 0,
  lambdaInvocations: 0,
  sdkCalls: 0,
  lambdaGbMs: 0,
  dynamoDbWriteUnits: 0,
  dynamoDbReadUnits: 0,
  eventBridgeEvents: 0,
  archivedBytes: 0,
  sqsRequests: 0,
  httpApiRequests: 0,
  logBytes: 0,
  secretReads: 0,
};

export const USAGE_NAMES = Object.keys(NO_USAGE) as UsageName[];

/** What has a price of its own. */
export const PRICED_NAMES = USAGE_NAMES.filter((name): name is PricedName => name !== 'sdkCalls');
export type PricedName = Exclude<UsageName, 'sdkCalls'>;

export function leastOf(usages: readonly Usage[]): Usage {
  return combined(usages, (values) => Math.min(...values));
}

export function medianOf(usages: readonly Usage[]): Usage {
  return combined(usages, (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}

export function meanOf(usages: readonly Usage[]): Usage {
  return combined(usages, (values) => values.reduce((sum, value) => sum + value, 0) / values.length);
}

export function sumOf(usages: readonly Usage[]): Usage {
  return combined(usages, (values) => values.reduce((sum, value) => sum + value, 0));
}

/** What happens `times` times uses. */
export function scaled(usage: Usage, times: number): Usage {
  return combined([usage], ([value = 0]) => value * times);
}

/** A usage of which each figure follows from those of the same name. */
function combined(usages: readonly Usage[], combine: (values: readonly number[]) => number): Usage {
  const entries = USAGE_NAMES.map((name) => [name, combine(usages.map((usage) => usage[name]))] as const);
  return { ...NO_USAGE, ...Object.fromEntries(entries) };
}
