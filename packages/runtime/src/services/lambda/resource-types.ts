import { isDeepStrictEqual } from 'node:util';
import { UnsupportedFeature, type ResourceDeclaration, type ResourceType } from '../../assembly/resource-type.ts';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { physicalName } from '../shared/physical-name.ts';
import { DEFAULT_ASYNC_SETTINGS } from './invocations/async-settings.ts';
import { functionSettings, type AssetFolder } from './function-resource.ts';
import { fullReference } from './mappings/mapping-configuration.ts';
import { identifyMapping, mappingSettings } from './mappings/mapping-resource.ts';
import type { MappingSettings } from './mappings/mapping-settings.ts';
import { parseFunctionReference } from './function-reference.ts';
import type { LambdaService } from './lambda-service.ts';
import type { FunctionAlias, VersionResource } from './versions/function-versions.ts';

const MAX_NAME_LENGTH = 64;

/** The CloudFormation types of Lambda. Destinations and event sources must be created before what names them. */
export function lambdaResourceTypes(service: LambdaService, assetFolder: AssetFolder): Record<string, ResourceType> {
  return {
    'AWS::Lambda::Function': functionType(service, assetFolder),
    'AWS::Lambda::EventSourceMapping': {
      identify: identifyMapping,
      create(resource, identity) {
        const settings = mappingSettings(resource, identity);
        refuseMissing(service, resource);
        refuseSecond(service, settings);
        return service.mappings.put(settings);
      },
    },
    'AWS::Lambda::EventInvokeConfig': eventInvokeConfigType(service),
    'AWS::Lambda::Version': versionType(service),
    'AWS::Lambda::Alias': aliasType(service),
    // Who may call whom is not checked here.
    'AWS::Lambda::Permission': { identify: ({ logicalId }) => ({ ref: logicalId, attributes: { Id: logicalId } }) },
    'AWS::Lambda::Url': unsupported('a function URL'),
    'AWS::Lambda::LayerVersion': unsupported('a layer'),
  };
}

function functionType(service: LambdaService, assetFolder: AssetFolder): ResourceType {
  return {
    identify(resource, stack) {
      const functionName: string =
        resource.properties['FunctionName'] ?? physicalName(resource, stack, MAX_NAME_LENGTH);
      return { ref: functionName, attributes: { Arn: functionArn(functionName, stack) } };
    },
    create: (resource, identity) => service.putFunction(functionSettings(resource, identity, assetFolder)),
    prepareUpdate: (resource, identity) =>
      Promise.resolve(service.prepareReplacement(functionSettings(resource, identity, assetFolder))),
  };
}

function eventInvokeConfigType(service: LambdaService): ResourceType {
  return {
    identify: ({ logicalId }) => ({ ref: logicalId, attributes: {} }),
    create(resource) {
      refuseMissing(service, resource);
      const { properties } = resource;
      const { OnSuccess: onSuccess, OnFailure: onFailure } = properties['DestinationConfig'] ?? {};
      service.putAsyncSettings(qualifiedBy(properties), {
        maximumRetryAttempts: Number(properties['MaximumRetryAttempts'] ?? DEFAULT_ASYNC_SETTINGS.maximumRetryAttempts),
        maximumEventAgeSeconds: Number(
          properties['MaximumEventAgeInSeconds'] ?? DEFAULT_ASYNC_SETTINGS.maximumEventAgeSeconds,
        ),
        ...(onSuccess && { onSuccessArn: onSuccess.Destination }),
        ...(onFailure && { onFailureArn: onFailure.Destination }),
      });
    },
  };
}

function versionType(service: LambdaService): ResourceType {
  return {
    identify(resource, stack) {
      const reference: string = resource.properties['FunctionName'];
      const version = String(service.versions.numberOf(nameIn(reference), versionResource(resource)));
      const functionVersionArn = `${functionArn(reference, stack)}:${version}`;
      return { ref: functionVersionArn, attributes: { Version: version, FunctionArn: functionVersionArn } };
    },
    async create(resource) {
      const { settings } = service.runner(resource.properties['FunctionName']);
      await service.versions.publish(settings, versionResource(resource));
    },
    isAddedWhileRunning: true,
  };
}

function versionResource({ logicalId, properties }: ResourceDeclaration): VersionResource {
  return { logicalId, description: properties['Description'] };
}

function aliasType(service: LambdaService): ResourceType {
  return {
    identify({ properties }, stack) {
      const aliasArn = `${functionArn(properties['FunctionName'], stack)}:${properties['Name']}`;
      return { ref: aliasArn, attributes: { AliasArn: aliasArn } };
    },
    create: (resource) => putAlias(service, resource),
    async prepareUpdate(resource) {
      const { functionName } = service.runner(resource.properties['FunctionName']).settings;
      const wanted = aliasOf(resource);
      const known = service.versions.aliases(functionName).find(({ name }) => name === wanted.name);
      return isDeepStrictEqual(known, wanted) ? undefined : () => putAlias(service, resource);
    },
  };
}

function putAlias(service: LambdaService, resource: ResourceDeclaration): void {
  const { functionName } = service.runner(resource.properties['FunctionName']).settings;
  const alias = aliasOf(resource);
  for (const number of [alias.version, ...(alias.other ? [alias.other.version] : [])]) {
    refuseUnknown(service, resource, number);
  }
  service.versions.putAlias(functionName, alias);
}

function aliasOf({ properties }: ResourceDeclaration): FunctionAlias {
  const { Name: name, FunctionVersion: version, Description: description } = properties;
  const other = otherVersion(properties);
  return { name, version, ...(description !== undefined && { description }), ...(other && { other }) };
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html */
function otherVersion(properties: JsonObject): FunctionAlias['other'] {
  const [weighted] = properties['RoutingConfig']?.AdditionalVersionWeights ?? [];
  return weighted && { version: String(weighted.FunctionVersion), weight: Number(weighted.FunctionWeight) };
}

function refuseUnknown(service: LambdaService, resource: ResourceDeclaration, version: string): void {
  const { functionName } = service.runner(resource.properties['FunctionName']).settings;
  if (service.find(`${functionName}:${version}`)) return;
  throw new UnsupportedFeature(resource, `the version ${version}, which is not there,`);
}

/** The function, version or alias that a configuration is for. */
function qualifiedBy({ FunctionName: name, Qualifier: qualifier }: JsonObject): string {
  return qualifier === undefined || qualifier === '$LATEST' ? name : `${name}:${qualifier}`;
}

/** Nothing may be made for a function, version or alias that is not there: it would fail with each event. */
function refuseMissing(service: LambdaService, resource: ResourceDeclaration): void {
  const { FunctionName: name } = resource.properties;
  const reference: unknown = typeof name === 'string' ? qualifiedBy(resource.properties) : name;
  if (typeof reference === 'string' && service.find(reference)) return;
  throw new UnsupportedFeature(resource, `the function ${String(reference)}, which is not there,`);
}

/**
 * In CreateEventSourceMapping's own words, which CloudFormation passes on. A qualifier makes it another function.
 * @throws AwsError ResourceConflictException.
 */
function refuseSecond({ mappings }: LambdaService, settings: MappingSettings): void {
  const reference = fullReference(settings);
  const first = mappings
    .all()
    .map((mapping) => mapping.settings)
    .filter(({ uuid, eventSourceArn }) => uuid !== settings.uuid && eventSourceArn === settings.eventSourceArn)
    .find((other) => fullReference(other) === reference);
  if (first === undefined) return;
  const [, name = ''] = reference.split(':function:');
  const pair = settings.stream
    ? `The event source arn (" ${first.eventSourceArn} ") and function (" ${name} ") provided mapping`
    : `An event source mapping with SQS arn (" ${first.eventSourceArn} ") and function (" ${name} ")`;
  const message = `${pair} already exists. Please update or delete the existing mapping with UUID ${first.uuid}`;
  throw new AwsError('ResourceConflictException', message, 409);
}

function nameIn(reference: string): string {
  return parseFunctionReference(reference)?.functionName ?? reference;
}

function unsupported(what: string): ResourceType {
  return {
    identify: ({ logicalId }) => ({ ref: logicalId, attributes: {} }),
    create: (resource) => {
      throw new UnsupportedFeature(resource, what);
    },
  };
}

function functionArn(nameOrArn: string, stack: { region: string; accountId: string }): string {
  if (nameOrArn.startsWith('arn:')) return nameOrArn;
  return `arn:aws:lambda:${stack.region}:${stack.accountId}:function:${nameOrArn}`;
}
