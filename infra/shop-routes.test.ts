import { describe, expect, test } from 'vitest';
import { AUTHORIZATION } from '../test/authorization-table.ts';
import { onlyResource, resourcesOf, synthesizedStack, type TemplateResource } from './testing/synthesized-stack.ts';

const template = synthesizedStack();
const deployed = new Map(
  Object.values(resourcesOf(template, 'AWS::ApiGatewayV2::Route')).map(({ Properties }) => [
    Properties.RouteKey as string,
    Properties as TemplateResource['Properties'],
  ]),
);

test('every route of the authorisation table is deployed', () => {
  expect(Object.keys(AUTHORIZATION).filter((routeKey) => !deployed.has(routeKey))).toEqual([]);
});

test.each(Object.entries(AUTHORIZATION))(
  '%s has the authorizer exactly if the authorisation table lets nobody in without a token',
  (routeKey, { expected }) => {
    const needsToken = expected.anonymous === 401 && expected.provider === 401;
    const { AuthorizationType, AuthorizerId } = deployed.get(routeKey) ?? {};
    expect(AuthorizationType).toBe(needsToken ? 'JWT' : 'NONE');
    expect(AuthorizerId !== undefined).toBe(needsToken);
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
