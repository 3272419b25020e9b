import { UnsupportedFeature, type ResourceDeclaration, type ResourceIdentity } from '../../assembly/resource-type.ts';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import type { FunctionSettings, LoggingSettings } from './function-settings.ts';

/** Folder of a file asset by the key that the template gives it. @throws when there is no such asset. */
export type AssetFolder = (s3Key: string) => string;

const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;

/** Reads `AWS::Lambda::Function`. @throws UnsupportedFeature. */
export function functionSettings(
  resource: ResourceDeclaration,
  identity: ResourceIdentity,
  assetFolder: AssetFolder,
): FunctionSettings {
  refuseUnsupported(resource);
  const { properties } = resource;
  const functionName = identity.ref;
  return {
    functionName,
    functionArn: identity.attributes['Arn'] ?? '',
    codeFolder: assetFolder(properties['Code'].S3Key),
    handler: properties['Handler'],
    runtime: properties['Runtime'],
    timeoutMs: Number(properties['Timeout'] ?? DEFAULT_TIMEOUT_SECONDS) * 1000,
    memorySizeMb: Number(properties['MemorySize'] ?? DEFAULT_MEMORY_MB),
    variables: variablesOf(properties),
    logging: loggingOf(properties['LoggingConfig'] ?? {}, functionName),
    ...(properties['ReservedConcurrentExecutions'] !== undefined && {
      reservedConcurrency: Number(properties['ReservedConcurrentExecutions']),
    }),
    ...(properties['DeadLetterConfig']?.TargetArn && { deadLetterArn: properties['DeadLetterConfig'].TargetArn }),
    ...(properties['Description'] !== undefined && { description: properties['Description'] }),
    ...(properties['Role'] !== undefined && { roleArn: properties['Role'] }),
    ...(properties['Architectures']?.[0] && { architecture: properties['Architectures'][0] }),
  };
}

function refuseUnsupported(resource: ResourceDeclaration): void {
  const { properties } = resource;
  const asked: [boolean, string][] = [
    [(properties['Layers']?.length ?? 0) > 0, 'a layer'],
    [properties['PackageType'] === 'Image' || properties['Code']?.ImageUri !== undefined, 'a container image'],
    [properties['Code']?.ZipFile !== undefined, 'inline code (Code.ZipFile)'],
    [(properties['VpcConfig']?.SubnetIds?.length ?? 0) > 0, 'a VPC'],
    [(properties['FileSystemConfigs']?.length ?? 0) > 0, 'a file system'],
    [!/^nodejs\d+\.x$/.test(properties['Runtime'] ?? ''), `the runtime ${properties['Runtime']}`],
  ];
  const unsupported = asked.find(([isAsked]) => isAsked);
  if (unsupported) throw new UnsupportedFeature(resource, unsupported[1]);
}

function variablesOf(properties: JsonObject): Record<string, string> {
  const variables: JsonObject = properties['Environment']?.Variables ?? {};
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]));
}

function loggingOf(config: JsonObject, functionName: string): LoggingSettings {
  return {
    logGroup: config['LogGroup'] ?? `/aws/lambda/${functionName}`,
    format: config['LogFormat'] ?? 'Text',
    applicationLogLevel: config['ApplicationLogLevel'] ?? 'INFO',
    systemLogLevel: config['SystemLogLevel'] ?? 'INFO',
  };
}
