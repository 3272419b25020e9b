import type { AwsRestApi, JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { jsonResponse, restApi, route } from '../shared/rest-routes.ts';
import type { ApiGatewayService } from './apigateway-service.ts';
import type { HttpApi } from './http-api.ts';

/** The reading side of the API Gateway v2 control API: what `aws apigatewayv2 get-…` shows. */
export function apiGatewayApi(service: ApiGatewayService): AwsRestApi {
  return restApi([
    route('GET', '/v2/apis', () => jsonResponse({ items: service.list().map(describeApi) })),
    route('GET', '/v2/apis/{apiId}', (_, { apiId }) => jsonResponse(describeApi(find(service, apiId)))),
    ...COLLECTIONS.map((name) =>
      route('GET', `/v2/apis/{apiId}/${name}`, (_, { apiId }) =>
        jsonResponse({ items: itemsOf(find(service, apiId).api, name) }),
      ),
    ),
    ...['/v2/apis', '/v2/apis/{apiId}', ...COLLECTIONS.map((name) => `/v2/apis/{apiId}/${name}`)].map((path) =>
      route('ANY', path, refuseChange),
    ),
  ]);
}

const COLLECTIONS = ['routes', 'integrations', 'stages', 'authorizers'] as const;
type Collection = (typeof COLLECTIONS)[number];

interface RunningApi {
  readonly api: HttpApi;
  readonly endpoint: string;
}

/** @throws AwsError NotFoundException. */
function find(service: ApiGatewayService, apiId: string): RunningApi {
  const found = service.list().find(({ api }) => api.apiId === apiId);
  if (!found) throw new AwsError('NotFoundException', `Invalid API identifier specified ${apiId}`, 404);
  return found;
}

function describeApi({ api, endpoint }: RunningApi): JsonObject {
  return { apiId: api.apiId, name: api.name, protocolType: 'HTTP', apiEndpoint: endpoint };
}

function itemsOf(api: HttpApi, collection: Collection): JsonObject[] {
  if (collection === 'routes') {
    return api.routes.all().map(({ routeId, routeKey, integrationId, authorizerId, scopes }) => ({
      routeId,
      routeKey,
      target: `integrations/${integrationId}`,
      authorizationType: authorizerId === undefined ? 'NONE' : 'JWT',
      ...(authorizerId !== undefined && { authorizerId, authorizationScopes: scopes }),
    }));
  }
  if (collection === 'integrations') {
    return [...api.integrations.values()].map(({ integrationId, functionArn, timeoutMs }) => ({
      integrationId,
      integrationType: 'AWS_PROXY',
      integrationUri: functionArn,
      payloadFormatVersion: '2.0',
      timeoutInMillis: timeoutMs,
    }));
  }
  if (collection === 'stages')
    return [...api.stages.values()].map(({ name }) => ({ stageName: name, autoDeploy: true }));
  return [...api.authorizers.values()].map(({ authorizerId, issuer, audience, identitySource }) => ({
    authorizerId,
    authorizerType: 'JWT',
    identitySource: [`$request.${identitySource.in}.${identitySource.name}`],
    jwtConfiguration: { issuer, audience },
  }));
}

function refuseChange(): never {
  throw new AwsError('BadRequestException', 'HTTP APIs are described by the template; change it there.');
}
