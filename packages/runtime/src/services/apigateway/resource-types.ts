import {
  UnsupportedFeature,
  type ResourceDeclaration,
  type ResourceType,
  type StackIdentity,
} from '../../assembly/resource-type.ts';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { logGroupOfArn } from '../shared/arn.ts';
import { stableId } from '../shared/stable-id.ts';
import type { ApiGatewayService } from './apigateway-service.ts';
import type { CorsConfiguration } from './cors.ts';
import { DEFAULT_THROTTLE, HttpApi, type Stage, type ThrottleLimits } from './http-api.ts';
import type { IdentitySource } from './jwt-authorizer.ts';

/** Quota "Maximum integration timeout". */
const MAX_INTEGRATION_MS = 30_000;

export function apiGatewayResourceTypes(service: ApiGatewayService): Record<string, ResourceType> {
  return {
    'AWS::ApiGatewayV2::Api': apiType(service),
    'AWS::ApiGatewayV2::Integration': {
      identify: withId('IntegrationId'),
      create: (resource, { ref }) => createIntegration(service, resource, ref),
    },
    'AWS::ApiGatewayV2::Authorizer': {
      identify: withId('AuthorizerId'),
      create: (resource, { ref }) => createAuthorizer(service, resource, ref),
    },
    'AWS::ApiGatewayV2::Route': {
      identify: withId('RouteId'),
      create: (resource, { ref }) => createRoute(service, resource, ref),
    },
    'AWS::ApiGatewayV2::Stage': {
      identify: ({ properties }) => ({ ref: properties['StageName'], attributes: {} }),
      create: ({ properties }) => {
        service.api(properties['ApiId']).stages.set(properties['StageName'], stageOf(properties));
      },
    },
    // The routes of the template are served as they are; a deployment is only a snapshot of them.
    'AWS::ApiGatewayV2::Deployment': { identify: withId('DeploymentId') },
  };
}

function apiType(service: ApiGatewayService): ResourceType {
  return {
    identify: (resource, stack) => {
      const apiId = idOf(resource, stack, 10);
      return { ref: apiId, attributes: { ApiId: apiId, ApiEndpoint: service.endpointOf(resource.logicalId) } };
    },
    create: (resource, identity) => {
      const { properties, logicalId } = resource;
      if (properties['ProtocolType'] !== 'HTTP')
        throw new UnsupportedFeature(resource, `ProtocolType ${properties['ProtocolType']}`);
      refuse(resource, ['Body', 'BodyS3Location', 'Target', 'RouteKey']);
      const cors = properties['CorsConfiguration'];
      const description = { apiId: identity.ref, name: properties['Name'] ?? logicalId, cors: cors && corsOf(cors) };
      service.declareApi(logicalId, new HttpApi(description));
    },
  };
}

function createIntegration(service: ApiGatewayService, resource: ResourceDeclaration, integrationId: string): void {
  const { properties } = resource;
  if (properties['IntegrationType'] !== 'AWS_PROXY') {
    throw new UnsupportedFeature(resource, `IntegrationType ${properties['IntegrationType']}`);
  }
  if (properties['PayloadFormatVersion'] !== '2.0') {
    throw new UnsupportedFeature(resource, `PayloadFormatVersion ${properties['PayloadFormatVersion']}`);
  }
  refuse(resource, ['IntegrationSubtype', 'RequestParameters', 'ResponseParameters', 'ConnectionId', 'TlsConfig']);
  service.api(properties['ApiId']).integrations.set(integrationId, {
    integrationId,
    functionArn: functionArnIn(resource),
    timeoutMs: Math.min(Number(properties['TimeoutInMillis'] ?? MAX_INTEGRATION_MS), MAX_INTEGRATION_MS),
  });
}

/** The URI is a function's ARN or the older path form around it. */
function functionArnIn(resource: ResourceDeclaration): string {
  const uri = String(resource.properties['IntegrationUri']);
  const inPath = /:lambda:path\/[\d-]+\/functions\/(.+)\/invocations$/.exec(uri)?.[1];
  const arn = inPath ?? uri;
  if (!arn.startsWith('arn:') || !arn.includes(':function:'))
    throw new UnsupportedFeature(resource, `IntegrationUri ${uri}`);
  return arn;
}

function createAuthorizer(service: ApiGatewayService, resource: ResourceDeclaration, authorizerId: string): void {
  const { properties } = resource;
  if (properties['AuthorizerType'] !== 'JWT')
    throw new UnsupportedFeature(resource, `AuthorizerType ${properties['AuthorizerType']}`);
  const { Issuer: issuer, Audience: audience = [] } = properties['JwtConfiguration'] ?? {};
  const identitySource = identitySourceOf(resource);
  service.api(properties['ApiId']).authorizers.set(authorizerId, { authorizerId, issuer, audience, identitySource });
}

function identitySourceOf(resource: ResourceDeclaration): IdentitySource {
  const text = [resource.properties['IdentitySource']].flat().join();
  const [, place, name] = /^\$request\.(header|querystring)\.([\w-]+)$/.exec(text) ?? [];
  if (!place || !name) throw new UnsupportedFeature(resource, `IdentitySource ${text}`);
  return { in: place as IdentitySource['in'], name };
}

function createRoute(service: ApiGatewayService, resource: ResourceDeclaration, routeId: string): void {
  const { properties } = resource;
  const authorization = properties['AuthorizationType'] ?? 'NONE';
  if (authorization !== 'NONE' && authorization !== 'JWT')
    throw new UnsupportedFeature(resource, `AuthorizationType ${authorization}`);
  refuse(resource, ['RequestParameters', 'RequestModels', 'ModelSelectionExpression']);
  service.api(properties['ApiId']).routes.add({
    routeId,
    routeKey: properties['RouteKey'],
    integrationId: String(properties['Target']).replace(/^integrations\//, ''),
    authorizerId: authorization === 'JWT' ? properties['AuthorizerId'] : undefined,
    scopes: properties['AuthorizationScopes'] ?? [],
  });
}

function stageOf(properties: JsonObject): Stage {
  const throttle = limitsOf(properties['DefaultRouteSettings'], DEFAULT_THROTTLE);
  const routeSettings = Object.entries((properties['RouteSettings'] ?? {}) as Record<string, JsonObject>);
  const accessLog = properties['AccessLogSettings'];
  return {
    name: properties['StageName'],
    variables: properties['StageVariables'],
    throttle,
    routeThrottles: Object.fromEntries(
      routeSettings.map(([routeKey, settings]) => [routeKey, limitsOf(settings, throttle)]),
    ),
    accessLog: accessLog && { logGroup: logGroupOfArn(accessLog.DestinationArn), format: accessLog.Format },
  };
}

function limitsOf(settings: JsonObject | undefined, fallback: ThrottleLimits): ThrottleLimits {
  return {
    ratePerSecond: Number(settings?.['ThrottlingRateLimit'] ?? fallback.ratePerSecond),
    burst: Number(settings?.['ThrottlingBurstLimit'] ?? fallback.burst),
  };
}

function corsOf(cors: JsonObject): CorsConfiguration {
  return {
    allowOrigins: cors['AllowOrigins'] ?? [],
    allowMethods: cors['AllowMethods'] ?? [],
    allowHeaders: cors['AllowHeaders'] ?? [],
    exposeHeaders: cors['ExposeHeaders'] ?? [],
    maxAgeSeconds: cors['MaxAge'],
    allowCredentials: cors['AllowCredentials'] === true || cors['AllowCredentials'] === 'true',
  };
}

function withId(attribute: string): ResourceType['identify'] {
  return (resource, stack) => {
    const id = idOf(resource, stack, 7);
    return { ref: id, attributes: { [attribute]: id } };
  };
}

function idOf({ logicalId, type }: ResourceDeclaration, { stackName }: StackIdentity, length: number): string {
  return stableId([stackName, logicalId, type], length);
}

function refuse(resource: ResourceDeclaration, properties: readonly string[]): void {
  const found = properties.find((property) => resource.properties[property] !== undefined);
  if (found !== undefined) throw new UnsupportedFeature(resource, found);
}
