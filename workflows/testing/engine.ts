import { fileURLToPath } from 'node:url';
import { SFNClient } from '@aws-sdk/client-sfn';
import { startStepFunctionsLocal } from '../../local/stepfunctions-local/start.ts';

/** Where workflow tests run: the embedded engine, another one that speaks Step Functions Local's dialect, or AWS. */
export type EngineKind = 'embedded' | 'foreign' | 'aws';

export interface Engine {
  readonly kind: EngineKind;
  readonly client: SFNClient;
  close(): Promise<void>;
}

const { STEPFUNCTIONS_ENDPOINT: endpoint } = process.env;
/** Unset: embedded. A URL: what answers there. `aws`: AWS, with the credentials of the environment. */
export const engineKind: EngineKind =
  endpoint === undefined || endpoint === '' ? 'embedded' : endpoint === 'aws' ? 'aws' : 'foreign';

export const MOCK_CONFIG_FILE = fileURLToPath(new URL('../MockConfigFile.json', import.meta.url));

/** The embedded engine is a new one for each caller, with `mockConfigFile`; any other one is there already. */
export async function openEngine(mockConfigFile = MOCK_CONFIG_FILE): Promise<Engine> {
  if (engineKind === 'aws') return connect({});
  // Without this the SDK would look for TestState at the host `sync-localhost`.
  if (engineKind === 'foreign') return connect({ endpoint: endpoint!, disableHostPrefix: true });
  const local = await startStepFunctionsLocal({ port: 0, fastForward: true, mockConfigFile });
  const { client } = connect({ endpoint: local.endpointUrl, disableHostPrefix: true });
  return {
    kind: engineKind,
    client,
    async close() {
      client.destroy();
      await local.stop();
    },
  };
}

function connect(options: NonNullable<ConstructorParameters<typeof SFNClient>[0]>): Engine {
  const client = new SFNClient(options);
  return { kind: engineKind, client, close: () => Promise.resolve(client.destroy()) };
}
