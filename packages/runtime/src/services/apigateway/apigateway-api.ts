import type { AwsRestApi, JsonObject, RestResponse } from '../../endpoint/aws-api.ts';
import type { ApiGatewayService } from './apigateway-service.ts';
import type { HttpApi } from './http-api.ts';

/** The reading side of the API Gateway v2 control API: what `aws apigatewayv2 get-…` shows. */
export function apiGatewayApi(service: ApiGatewayService): AwsRestApi {
  return {
    route: ({ method, path }) => {
      const parts = /^\/v2\/apis(?:\/([^/]+))?(?:\/(routes|integrations|stages|authorizers))?$/.exec(path);
      if (!parts) return undefined;
      return Promise.resolve(method === 'GET' ? read(service, parts[1], parts[2]) : readOnly());
    },
  };
}

function read(service: ApiGatewayService, apiId: string | undefined, collection: string | undefined): RestResponse {
  const apis = service.list();
  if (apiId === undefined) return json(200, { items: apis.map(describeApi) });
  const found = apis.find(({ api }) => api.apiId === apiId);
  if (!found) return json(404, { message: `Invalid API identifier specified ${apiId}` }, 'NotFoundException');
  return json(200, collection === undefined ? describeApi(found) : { items: itemsOf(found.api, collection) });
}

function describeApi({ api, endpoint }: { api: HttpApi; endpoint: string }): JsonObject {
  return { apiId: api.apiId, name: api.name, protocolType: 'HTTP', apiEndpoint: endpoint };
}

function itemsOf(api: HttpApi, collection: string): JsonObject[] {
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

function readOnly(): RestResponse {
  return json(400, { message: 'HTTP APIs are described by the template; change it there.' }, 'BadRequestException');
}

function json(statusCode: number, body: JsonObject, errorType?: string): RestResponse {
  const headers = { 'content-type': 'application/json', ...(errorType && { 'x-amzn-errortype': errorType }) };
  return { statusCode, headers, body: JSON.stringify(body) };
}
