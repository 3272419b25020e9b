import { pathToFileURL } from 'node:url';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { LATEST, type FunctionSettings } from './function-settings.ts';

/** A function as `GetFunctionConfiguration` shows it. */
export function functionConfiguration(settings: FunctionSettings): JsonObject {
  const { logging } = settings;
  return {
    FunctionName: settings.functionName,
    FunctionArn: settings.functionArn,
    Runtime: settings.runtime,
    Role: settings.roleArn,
    Handler: settings.handler,
    Description: settings.description ?? '',
    Timeout: settings.timeoutMs / 1000,
    MemorySize: settings.memorySizeMb,
    Version: LATEST,
    Environment: { Variables: settings.variables },
    ...(settings.deadLetterArn !== undefined && { DeadLetterConfig: { TargetArn: settings.deadLetterArn } }),
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [settings.architecture ?? 'x86_64'],
    LoggingConfig: {
      LogFormat: logging.format,
      LogGroup: logging.logGroup,
      ...(logging.format === 'JSON' && {
        ApplicationLogLevel: logging.applicationLogLevel,
        SystemLogLevel: logging.systemLogLevel,
      }),
    },
  };
}

/** A function as `GetFunction` shows it; the code is where it lies on this machine. */
export function functionDescription(settings: FunctionSettings): JsonObject {
  return {
    Configuration: functionConfiguration(settings),
    Code: { RepositoryType: 'S3', Location: pathToFileURL(settings.codeFolder).href },
    ...(settings.reservedConcurrency !== undefined && {
      Concurrency: { ReservedConcurrentExecutions: settings.reservedConcurrency },
    }),
  };
}
