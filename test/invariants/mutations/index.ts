import { STOCK_MUTATIONS } from './stock-mutations.ts';
import { MONEY_MUTATIONS } from './money-mutations.ts';
import { ORDER_MUTATIONS } from './order-mutations.ts';
import { EVENT_MUTATIONS } from './event-mutations.ts';
import { EXECUTION_MUTATIONS } from './execution-mutations.ts';
import { AFTERMATH_MUTATIONS } from './aftermath-mutations.ts';
import { RETRY_MUTATIONS } from './retry-mutations.ts';
import { RETURN_MUTATIONS } from './return-mutations.ts';
import { EXPOSURE_MUTATIONS } from './exposure-mutations.ts';
import { PROVIDER_MUTATIONS } from './provider-mutations.ts';
import type { Mutation } from './mutation.ts';

/** What bugs would leave behind: each must be found by the rule that it names. */
export const MUTATIONS: readonly Mutation[] = [
  ...STOCK_MUTATIONS,
  ...MONEY_MUTATIONS,
  ...ORDER_MUTATIONS,
  ...EVENT_MUTATIONS,
  ...EXECUTION_MUTATIONS,
  ...AFTERMATH_MUTATIONS,
  ...RETRY_MUTATIONS,
  ...RETURN_MUTATIONS,
  ...EXPOSURE_MUTATIONS,
  ...PROVIDER_MUTATIONS,
];
