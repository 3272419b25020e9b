import { EventBridgeClient } from '@aws-sdk/client-eventbridge';

/** One client for the process. */
export const eventBridge = new EventBridgeClient({
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
});
