import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { unlogged } from './unlogged.ts';

/** One client for the process. Three tries of at most three seconds leave a batch worker time to report. */
export const eventBridge = unlogged(
  new EventBridgeClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  }),
);
