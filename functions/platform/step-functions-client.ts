import { SFNClient } from '@aws-sdk/client-sfn';
import { unlogged } from './unlogged.ts';

/** One client for the process. Throttling is retried here twice; what lasts longer is for the caller's queue. */
export const stepFunctions = unlogged(
  new SFNClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  }),
);
