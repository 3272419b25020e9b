import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { expect, test } from 'vitest';
import { ENVIRONMENTS } from '../config.ts';
import { aFunction, onlyResource, resourcesOf, testApp, testPlatform } from '../testing/synthesized-stack.ts';
import { ShopHttpApi } from './shop-http-api.ts';

const access = { kind: 'open', reason: 'A test calls it.' } as const;

function anApi(): Template {
  const stack = new Stack(testApp(), 'Stack');
  const platform = testPlatform();
  const handler = aFunction(stack, platform);
  const api = new ShopHttpApi(stack, 'HttpApi', { platform, allowedOrigins: 'https://shop.de,https://admin.shop.de' });
  api.addRoute({ method: HttpMethod.GET, path: '/teas', handler, access });
  api.addRoute({ method: HttpMethod.POST, path: '/teas', handler, access });
  const pool = new UserPool(stack, 'Pool');
  const authorizer = new HttpUserPoolAuthorizer('People', pool);
  const ofOperators = { kind: 'signedIn', who: 'operators', authorizer } as const;
  api.addRoute({ method: HttpMethod.GET, path: '/admin/teas', handler, access: ofOperators });
  api.addRoute({ method: HttpMethod.GET, path: '/my/teas', handler, access: { ...ofOperators, who: 'customers' } });
  return Template.fromStack(stack);
}

const template = anApi();
const stage = onlyResource(template, 'AWS::ApiGatewayV2::Stage').Properties;

test('routes to one function share its integration', () => {
  expect(Object.keys(resourcesOf(template, 'AWS::ApiGatewayV2::Route'))).toHaveLength(4);
  expect(Object.keys(resourcesOf(template, 'AWS::ApiGatewayV2::Integration'))).toHaveLength(1);
});

test('the API is throttled as the environment says', () => {
  const { rateLimit, burstLimit } = ENVIRONMENTS.dev.apiThrottle;
  expect(stage.DefaultRouteSettings).toEqual({ ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit });
});

test('routes without a token and routes of operators have limits of their own, and are there before the stage names them', () => {
  const [[stageId] = []] = Object.entries(resourcesOf(template, 'AWS::ApiGatewayV2::Stage'));
  const { openRouteThrottle, operatorRouteThrottle } = ENVIRONMENTS.dev;
  const limit = ({ rateLimit, burstLimit }: typeof openRouteThrottle) => ({
    ThrottlingRateLimit: rateLimit,
    ThrottlingBurstLimit: burstLimit,
  });
  expect(stage.RouteSettings).toEqual({
    'GET /teas': limit(openRouteThrottle),
    'POST /teas': limit(openRouteThrottle),
    'GET /admin/teas': limit(operatorRouteThrottle),
  });
  const limited = Object.entries(resourcesOf(template, 'AWS::ApiGatewayV2::Route'))
    .filter(([, { Properties }]) => Properties.RouteKey in stage.RouteSettings)
    .map(([logicalId]) => logicalId);
  const { DependsOn } = (template.toJSON() as { Resources: Record<string, { DependsOn?: string[] }> }).Resources[
    stageId!
  ]!;
  expect(DependsOn?.toSorted()).toEqual(limited.toSorted());
});

test('scripts of other pages may call it only where the deployment names them, with tokens and without cookies', () => {
  const { CorsConfiguration } = onlyResource(template, 'AWS::ApiGatewayV2::Api').Properties;
  const [condition, allowed, otherwise] = CorsConfiguration['Fn::If'];
  expect(template.findConditions(condition)[condition]).toEqual({
    'Fn::Not': [{ 'Fn::Equals': ['https://shop.de,https://admin.shop.de', ''] }],
  });
  expect(otherwise).toEqual({ Ref: 'AWS::NoValue' });
  expect(allowed.AllowOrigins).toEqual(['https://shop.de', 'https://admin.shop.de']);
  expect(allowed.AllowHeaders).toEqual(expect.arrayContaining(['authorization', 'idempotency-key']));
  expect(allowed.AllowCredentials).toBeUndefined();
});

test('the access log tells where a request came from and why it was refused, and nothing else about its caller', () => {
  const fields = JSON.parse(stage.AccessLogSettings.Format as string) as Record<string, string>;
  expect(Object.values(fields)).toEqual(
    expect.arrayContaining(['$context.requestId', '$context.identity.sourceIp', '$context.authorizer.error']),
  );
  const ofCaller = Object.values(fields).filter((value) => /identity|claims|header|userAgent/iu.test(value));
  expect(ofCaller).toEqual(['$context.identity.sourceIp']);
});
