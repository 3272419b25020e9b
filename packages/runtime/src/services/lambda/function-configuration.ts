import { pathToFileURL } from 'node:url';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { LATEST, type FunctionSettings } from './function-settings.ts';

/** A function, or one of its versions by the qualifier that was asked for. */
export interface DescribedFunction {
  readonly settings: FunctionSettings;
  readonly reservedConcurrency?: number | undefined;
  readonly version?: string;
  readonly qualifier?: string | undefined;
}

/** A function as `GetFunctionConfiguration` shows it. */
export function functionConfiguration({ settings, version = LATEST, qualifier }: DescribedFunction): JsonObject {
  const { logging } = settings;
  return {
    FunctionName: settings.functionName,
    FunctionArn: qualifier === undefined ? settings.functionArn : `${settings.functionArn}:${qualifier}`,
    Runtime: settings.runtime,
    Role: settings.roleArn,
    Handler: settings.handler,
    Description: settings.description ?? '',
    Timeout: settings.timeoutMs / 1000,
    MemorySize: settings.memorySizeMb,
    Version: version,
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
export function functionDescription(described: DescribedFunction): JsonObject {
  return {
    Configuration: functionConfiguration(described),
    Code: { RepositoryType: 'S3', Location: pathToFileURL(described.settings.codeFolder).href },
    ...(described.reservedConcurrency !== undefined && {
      Concurrency: { ReservedConcurrentExecutions: described.reservedConcurrency },
    }),
  };
}
