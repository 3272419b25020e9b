import { fileURLToPath } from 'node:url';
import { SFNClient, type SFNClientConfig } from '@aws-sdk/client-sfn';
import { startStepFunctionsLocal } from '@order-workflow/runtime/stepfunctions-local';

/** Where workflow tests run: the embedded engine, another one that speaks Step Functions Local's dialect, or AWS. */
export type EngineKind = 'embedded' | 'foreign' | 'aws';

export interface Engine {
  readonly client: SFNClient;
  close(): Promise<void>;
}

const { STEPFUNCTIONS_ENDPOINT: endpoint = '' } = process.env;
/** Unset: embedded. A URL: what answers there. `aws`: AWS, with the credentials of the environment. */
export const engineKind: EngineKind = endpoint === '' ? 'embedded' : endpoint === 'aws' ? 'aws' : 'foreign';

export const MOCK_CONFIG_FILE = fileURLToPath(new URL('../MockConfigFile.json', import.meta.url));

/** The engine that the environment asks for. */
export async function openEngine(): Promise<Engine> {
  if (engineKind === 'embedded') return openEmbeddedEngine();
  const client = engineKind === 'aws' ? new SFNClient() : new SFNClient(at(endpoint));
  return { client, close: () => Promise.resolve(client.destroy()) };
}

/** A new embedded engine with the mocks of MockConfigFile.json, in which waits and retries pass at once. */
export async function openEmbeddedEngine(): Promise<Engine> {
  const local = await startStepFunctionsLocal({ port: 0, fastForward: true, mockConfigFile: MOCK_CONFIG_FILE });
  // The tests' own stand-in: credentials of the environment, if any, are not for it.
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new SFNClient({ ...at(local.endpointUrl), region: 'us-east-1', credentials });
  return {
    client,
    async close() {
      client.destroy();
      await local.stop();
    },
  };
}

/** Without `disableHostPrefix` the SDK would look for TestState at the host `sync-localhost`. */
function at(url: string): SFNClientConfig {
  return { endpoint: url, disableHostPrefix: true };
}
