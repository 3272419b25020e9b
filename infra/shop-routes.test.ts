import { describe, expect, test } from 'vitest';
import { needsToken, routeKeyOf, type Route } from '../functions/platform/http/route.ts';
import { SHOP_ROUTES } from '../functions/shop-routes.ts';
import { onlyResource, resourcesOf, synthesizedStack, type TemplateResource } from './testing/synthesized-stack.ts';

const template = synthesizedStack();
const deployed = new Map(
  Object.values(resourcesOf(template, 'AWS::ApiGatewayV2::Route')).map(({ Properties }) => [
    Properties.RouteKey as string,
    Properties as TemplateResource['Properties'],
  ]),
);
const served = Object.values(SHOP_ROUTES).flatMap((table) => Object.values<Route>(table));

test('every route that a function serves is deployed, and every deployed one is served', () => {
  expect([...deployed.keys()].toSorted()).toEqual(served.map(routeKeyOf).toSorted());
});

test.each(served.map((route) => [routeKeyOf(route), route] as const))(
  '%s has the authorizer exactly if it needs a token',
  (routeKey, route) => {
    const { AuthorizationType, AuthorizerId } = deployed.get(routeKey) ?? {};
    expect(AuthorizationType).toBe(needsToken(route) ? 'JWT' : 'NONE');
    expect(AuthorizerId !== undefined).toBe(needsToken(route));
  },
);

describe('identity', () => {
  const authorizer = onlyResource(template, 'AWS::ApiGatewayV2::Authorizer').Properties;

  test('tokens must be issued by our user pool for our client', () => {
    const { Audience, Issuer } = authorizer.JwtConfiguration;
    expect(Audience).toEqual([{ Ref: expect.stringContaining('Client') }]);
    expect(JSON.stringify(Issuer)).toMatch(/cognito-idp.*"Ref":"UserPool"/u);
    expect(authorizer.IdentitySource).toEqual(['$request.header.Authorization']);
  });

  test('there is a group for admins, and the client has no secret to lose', () => {
    expect(onlyResource(template, 'AWS::Cognito::UserPoolGroup').Properties.GroupName).toBe('admin');
    expect(onlyResource(template, 'AWS::Cognito::UserPoolClient').Properties).toMatchObject({
      GenerateSecret: false,
      PreventUserExistenceErrors: 'ENABLED',
      ExplicitAuthFlows: expect.arrayContaining(['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH']),
    });
  });
});
