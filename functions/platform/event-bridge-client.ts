import { EventBridgeClient } from '@aws-sdk/client-eventbridge';

/** One client for the process. Three tries of at most three seconds leave a batch worker time to report. */
export const eventBridge = new EventBridgeClient({
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
});
