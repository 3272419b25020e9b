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

  test('tokens must be issued by our user pool for one of our clients', () => {
    const { Audience, Issuer } = authorizer.JwtConfiguration;
    expect(Audience).toEqual([
      { Ref: expect.stringContaining('UserPoolClient') }, // command lines
      { Ref: expect.stringContaining('PageClient') },
    ]);
    expect(JSON.stringify(Issuer)).toMatch(/cognito-idp.*"Ref":"UserPool"/u);
    expect(authorizer.IdentitySource).toEqual(['$request.header.Authorization']);
  });

  test('there is a group for admins, and no client has a secret to lose', () => {
    expect(onlyResource(template, 'AWS::Cognito::UserPoolGroup').Properties.GroupName).toBe('admin');
    const clients = Object.values(resourcesOf(template, 'AWS::Cognito::UserPoolClient'));
    expect(clients).toHaveLength(2);
    for (const { Properties } of clients) {
      expect(Properties).toMatchObject({ GenerateSecret: false, PreventUserExistenceErrors: 'ENABLED' });
    }
  });
});
