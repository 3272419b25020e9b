import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { expect, test } from 'vitest';
import { ENVIRONMENTS } from '../config.ts';
import { aFunction, onlyResource, resourcesOf, testApp, testPlatform } from '../testing/synthesized-stack.ts';
import { ShopHttpApi } from './shop-http-api.ts';

const access = { kind: 'open', reason: 'A test calls it.' } as const;

function anApiWithTwoRoutes(): Template {
  const stack = new Stack(testApp(), 'Stack');
  const platform = testPlatform();
  const handler = aFunction(stack, platform);
  const api = new ShopHttpApi(stack, 'HttpApi', { platform, pageUrl: 'https://shop.de/orders' });
  api.addRoute({ method: HttpMethod.GET, path: '/teas', handler, access });
  api.addRoute({ method: HttpMethod.POST, path: '/teas', handler, access });
  return Template.fromStack(stack);
}

const template = anApiWithTwoRoutes();
const stage = onlyResource(template, 'AWS::ApiGatewayV2::Stage').Properties;

test('routes to one function share its integration', () => {
  expect(Object.keys(resourcesOf(template, 'AWS::ApiGatewayV2::Route'))).toHaveLength(2);
  expect(Object.keys(resourcesOf(template, 'AWS::ApiGatewayV2::Integration'))).toHaveLength(1);
});

test('the API is throttled as the environment says', () => {
  const { rateLimit, burstLimit } = ENVIRONMENTS.dev.apiThrottle;
  expect(stage.DefaultRouteSettings).toEqual({ ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit });
});

test('a route that needs no token has a limit of its own, and is there before the stage names it', () => {
  const [[stageId] = []] = Object.entries(resourcesOf(template, 'AWS::ApiGatewayV2::Stage'));
  const routes = Object.keys(resourcesOf(template, 'AWS::ApiGatewayV2::Route'));
  const { rateLimit, burstLimit } = ENVIRONMENTS.dev.openRouteThrottle;
  const limit = { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit };
  expect(stage.RouteSettings).toEqual({ 'GET /teas': limit, 'POST /teas': limit });
  const { DependsOn } = (template.toJSON() as { Resources: Record<string, { DependsOn?: string[] }> }).Resources[
    stageId!
  ]!;
  expect(DependsOn?.toSorted()).toEqual(routes.toSorted());
});

test('scripts of the shop’s own page may call it, with tokens and without cookies', () => {
  const { CorsConfiguration } = onlyResource(template, 'AWS::ApiGatewayV2::Api').Properties;
  expect(CorsConfiguration.AllowOrigins).toEqual(['https://shop.de']);
  expect(CorsConfiguration.AllowHeaders).toEqual(expect.arrayContaining(['authorization', 'idempotency-key']));
  expect(CorsConfiguration.AllowCredentials).toBeUndefined();
});

test('the access log tells where a request came from and why it was refused, and nothing else about its caller', () => {
  const fields = JSON.parse(stage.AccessLogSettings.Format as string) as Record<string, string>;
  expect(Object.values(fields)).toEqual(
    expect.arrayContaining(['$context.requestId', '$context.identity.sourceIp', '$context.authorizer.error']),
  );
  const ofCaller = Object.values(fields).filter((value) => /identity|claims|header|userAgent/iu.test(value));
  expect(ofCaller).toEqual(['$context.identity.sourceIp']);
});
