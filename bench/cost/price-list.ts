import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { PRICED_NAMES, type PricedName, type Usage } from './usage.ts';

const Price = z.object({ usd: z.number(), per: z.number().positive(), source: z.url(), counts: z.string() });
const Monthly = z.object({ usdPerMonth: z.number(), source: z.url() });

const PriceListSchema = z.object({
  region: z.string(),
  /** The day on which the pages were read. */
  readOn: z.iso.date(),
  prices: z.record(z.enum(PRICED_NAMES as [PricedName, ...PricedName[]]), Price),
  /** Resources that cost by the month, by their CloudFormation type; alarms by the metric that they are computed from. */
  standing: z.record(z.string(), Monthly),
  /** What stands before page and API, priced apart: requests there are those of visitors, not of orders. */
  edge: z.object({ webAcl: Monthly, rule: Monthly, inspectedRequests: Price, requests: Price, bytesOut: Price }),
  /** How Lambda polls a queue that is an event source. */
  polling: z.object({ connectionsPerQueue: z.number(), receivesPerMinuteAndConnection: z.number(), source: z.url() }),
  surveyed: z.object({ usdPerMillion: z.tuple([z.number(), z.number()]) }),
  /** Most that a million confirmed orders may cost, in dollars. */
  targets: z.object({ stepFunctionsAndLambda: z.number(), allIn: z.number() }),
});
export type PriceList = z.infer<typeof PriceListSchema>;

export const MINUTES_A_MONTH = 60 * 730; // AWS counts 730 hours a month

/** The one dated price file: us-east-1, first paid tier. */
export function readPrices(): PriceList {
  const file = new URL('prices-us-east-1.json', import.meta.url);
  return PriceListSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** Dollars for each item of a usage that occurs `times` times. */
export function priced(usage: Usage, { prices }: PriceList, times: number): Record<PricedName, number> {
  const entries = PRICED_NAMES.map(
    (name) => [name, (usage[name] * times * prices[name].usd) / prices[name].per] as const,
  );
  return Object.fromEntries(entries) as Record<PricedName, number>;
}

/** What stands in the account whether anybody orders or not. */
export interface MeasuredStack {
  /** How often each type of CloudFormation is there; alarms by the metrics that they are computed from. */
  readonly resources: Readonly<Record<string, number>>;
  /** Worked by a function. */
  readonly queues: number;
}

/** What runs and polls when nobody orders, in dollars a month. */
export interface StandingCost {
  readonly scheduledFunctions: number;
  readonly emptyPolls: number;
  readonly resources: number;
}

/** @param month usage of a month's runs of the scheduled functions. */
export function standingCost(month: Usage, stack: MeasuredStack, list: PriceList): StandingCost {
  const { connectionsPerQueue, receivesPerMinuteAndConnection } = list.polling;
  const receives = stack.queues * connectionsPerQueue * receivesPerMinuteAndConnection * MINUTES_A_MONTH;
  const { sqsRequests } = list.prices;
  return {
    scheduledFunctions: sum(Object.values(priced(month, list, 1))),
    emptyPolls: (receives * sqsRequests.usd) / sqsRequests.per,
    resources: sum(
      Object.entries(list.standing).map(([type, { usdPerMonth }]) => (stack.resources[type] ?? 0) * usdPerMonth),
    ),
  };
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
