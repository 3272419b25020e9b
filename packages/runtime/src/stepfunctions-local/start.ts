import { systemClock } from '@order-workflow/states-language/clock';
import { openDataFolder, type DataFolder } from '../store/data-folder.ts';
import { HttpEndpoint } from '../endpoint/http-endpoint.ts';
import { FastForwardClock } from './fast-forward-clock.ts';
import {
  mockConfigFile,
  mockedTasks,
  stepFunctionsApi,
  StepFunctionsService,
  type MockConfig,
} from '../services/stepfunctions/index.ts';
import { StartError } from '../runtime/start-error.ts';
import { Journal } from '../store/journal.ts';
import { remoteFunctions, remoteIntegrations, type ServiceEndpoints } from './remote-services.ts';

export interface StepFunctionsLocalOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Without it everything is forgotten at the end. */
  readonly dataFolder?: string;
  /** Path of a mock configuration in Step Functions Local's format. */
  readonly mockConfigFile?: string;
  /** Lets waits and retries pass at once. Made for mocked tasks: a task that waits for an answer from outside times out. */
  readonly fastForward?: boolean;
  readonly endpoints?: ServiceEndpoints;
  readonly region?: string;
  readonly accountId?: string;
}

export interface StepFunctionsLocal {
  readonly endpointUrl: string;
  stop(): Promise<void>;
}

/**
 * Serves the Step Functions API alone, as AWS's Step Functions Local does.
 * @throws StartError when the port or the data folder is taken, or the mock configuration is invalid.
 */
export async function startStepFunctionsLocal(options: StepFunctionsLocalOptions): Promise<StepFunctionsLocal> {
  const config = options.mockConfigFile === undefined ? undefined : openMockConfig(options.mockConfigFile);
  const endpoint = new HttpEndpoint((error) => console.error(error));
  const endpointUrl = await endpoint.listen(options.port);
  let data: DataFolder | undefined;
  try {
    data = options.dataFolder === undefined ? undefined : openDataFolder(options.dataFolder);
  } catch (error) {
    await endpoint.stop();
    throw error;
  }
  const journal = new Journal(data?.journalFile ?? ':memory:');
  const service = createService(options, journal, config);
  service.start();
  endpoint.serve({ apis: [{ json: [stepFunctionsApi(service)] }], about: {} });
  return {
    endpointUrl,
    async stop() {
      await endpoint.stop();
      await service.stop();
      journal.close();
      data?.release();
    },
  };
}

function createService(
  options: StepFunctionsLocalOptions,
  journal: Journal,
  config: (() => MockConfig) | undefined,
): StepFunctionsService {
  const { endpoints = {}, region = 'us-east-1', accountId = '123456789012' } = options;
  const fastClock = options.fastForward ? new FastForwardClock(() => service.isBusy) : undefined;
  const during = <T>(call: () => Promise<T>): Promise<T> => (fastClock ? fastClock.during(call) : call());
  const service = new StepFunctionsService({
    journal,
    clock: fastClock ?? systemClock,
    stack: { region, accountId },
    functions: remoteFunctions(endpoints, during),
    integrations: remoteIntegrations(endpoints, during),
    // Status changes go to the default bus; here is none.
    events: { publish: () => Promise.resolve() },
    ...(config && { mockedTasks: mockedTasks(config) }),
  });
  return service;
}

function openMockConfig(path: string): () => MockConfig {
  const config = mockConfigFile(path);
  try {
    config();
  } catch (error) {
    throw new StartError('MOCK_CONFIG_INVALID', (error as Error).message, { cause: error });
  }
  return config;
}
