import { vi } from 'vitest';
import type * as awsClients from '../../functions/platform/aws-client.ts';

const PATIENT_MS = 60_000;

/**
 * Runs before each test file of the parts: clients of AWS wait long for what the tests put in its place. As deployed they
 * give a call up after two or three seconds, within which a busy machine may not come to answer; one that then asks again
 * meets what its first call wrote.
 */
vi.mock('../../functions/platform/aws-client.ts', async (importOriginal) => {
  const { awsClient } = await importOriginal<typeof awsClients>();
  return {
    awsClient: ((Constructor, options) =>
      awsClient(Constructor, {
        ...options,
        requestTimeoutMs: PATIENT_MS,
        connectionTimeoutMs: PATIENT_MS,
      })) satisfies typeof awsClient,
  };
});
