import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { awsClient } from './aws-client.ts';

/** One client for the process. Three tries of at most three seconds leave a batch worker time to report. */
export const eventBridge = awsClient(EventBridgeClient, { maxAttempts: 3, requestTimeoutMs: 3_000 });
