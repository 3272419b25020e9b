import type { StackIdentity } from '../../../assembly/resource-type.ts';
import { LATEST, type FunctionSettings } from '../function-settings.ts';

/** Our credentials open nothing: no service of the runtime checks them, but SDKs refuse to start without any. */
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_SESSION_TOKEN: 'local',
};

/**
 * The whole environment of a function, later ones winning: credentials, what the runtime gives to every function
 * (endpoint URLs), the template's own variables, Lambda's reserved names. Nothing of the host's environment.
 */
export function functionEnvironmentVariables(
  settings: FunctionSettings,
  stack: StackIdentity,
  shared: Readonly<Record<string, string>>,
): Record<string, string> {
  const { logging } = settings;
  return {
    ...CREDENTIALS,
    ...shared,
    ...settings.variables,
    AWS_REGION: stack.region,
    AWS_DEFAULT_REGION: stack.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: settings.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: LATEST,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memorySizeMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logging.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName(settings),
    AWS_LAMBDA_LOG_FORMAT: logging.format,
    ...(logging.format === 'JSON' && { AWS_LAMBDA_LOG_LEVEL: logging.applicationLogLevel }),
    LAMBDA_TASK_ROOT: settings.codeFolder,
    _HANDLER: settings.handler,
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
  };
}

/** One stream for all environments of a function: lines of the runtime are told apart by their request id. */
export function logStreamName(settings: FunctionSettings): string {
  return `${settings.functionName}/[${LATEST}]`;
}
