#!/usr/bin/env node
// Serves the Step Functions API alone, as AWS's Step Functions Local does: npx stepfunctions-local --port 8083
import { parseArgs } from 'node:util';
import { runProgram } from './runtime/run-program.ts';
import { ENDPOINT_VARIABLES, type ServiceEndpoints } from './stepfunctions-local/remote-services.ts';
import { startStepFunctionsLocal, type StepFunctionsLocalOptions } from './stepfunctions-local/start.ts';

const USAGE = `Serves the Step Functions API alone, in place of AWS's Step Functions Local.

  stepfunctions-local [options]

  --port N         (default 8083, 0: a free one)
  --data DIR       keeps state machines and executions; without it they are forgotten at the end
  --fast-forward   lets waits and retries pass at once (for mocked tasks)
  --help

Environment
  SFN_MOCK_CONFIG      mock configuration file; start <stateMachineArn>#<test case> to use it
  LAMBDA_ENDPOINT, DYNAMODB_ENDPOINT, SQS_ENDPOINT, EVENTS_ENDPOINT
                       where states that are not mocked call these services (not signed: for emulators)
  AWS_DEFAULT_REGION, AWS_ACCOUNT_ID
                       what ARNs say (default us-east-1, 123456789012)
`;

process.exitCode = await runProgram({
  usage: USAGE,
  readOptions,
  start: async (options) => {
    const local = await startStepFunctionsLocal(options);
    console.log(`Step Functions answers at ${local.endpointUrl}; ctrl-C stops it.`);
    return () => local.stop();
  },
});

function readOptions(): StepFunctionsLocalOptions | undefined {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8083' },
      data: { type: 'string' },
      'fast-forward': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const { SFN_MOCK_CONFIG: mockConfigFile, AWS_DEFAULT_REGION: region, AWS_ACCOUNT_ID: accountId } = process.env;
  return {
    port: portOf(values.port),
    fastForward: values['fast-forward'],
    endpoints: endpointsOf(process.env),
    ...(values.data !== undefined && { dataFolder: values.data }),
    ...(mockConfigFile && { mockConfigFile }),
    ...(region && { region }),
    ...(accountId && { accountId }),
  };
}

function endpointsOf(environment: NodeJS.ProcessEnv): ServiceEndpoints {
  const given = Object.entries(ENDPOINT_VARIABLES).map(([service, variable]) => [service, environment[variable]]);
  return Object.fromEntries(given.filter(([, url]) => url));
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw Object.assign(new Error(`--port: "${text}" is no port.`), { code: 'ERR_USAGE' });
}
