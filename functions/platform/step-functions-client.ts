import { SFNClient } from '@aws-sdk/client-sfn';
import { awsClient } from './aws-client.ts';

/** One client for the process. Throttling is retried here twice; what lasts longer is for the caller's queue. */
export const stepFunctions = awsClient(SFNClient, { maxAttempts: 3, requestTimeoutMs: 3_000 });
