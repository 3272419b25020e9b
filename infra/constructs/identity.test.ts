import { describe, expect, test } from 'vitest';
import { SHOP_ROUTES } from '../../functions/shop-routes.ts';
import type { Route } from '../../functions/platform/http/route.ts';
import { ENVIRONMENTS } from '../config.ts';
import { resourcesOf, synthesizedStack, type TemplateResource } from '../testing/synthesized-stack.ts';

const prod = synthesizedStack(ENVIRONMENTS.prod);
const pools = resourcesOf(prod, 'AWS::Cognito::UserPool');
const clientsOf = (poolId: string): TemplateResource['Properties'][] =>
  Object.values(resourcesOf(prod, 'AWS::Cognito::UserPoolClient'))
    .map(({ Properties }) => Properties)
    .filter(({ UserPoolId }) => UserPoolId.Ref === poolId);

describe('operators in production', () => {
  test('have a pool of their own, where nobody signs up and everybody has a second factor', () => {
    expect(Object.keys(pools).toSorted()).toEqual(['OperatorPool', 'UserPool']);
    const { AdminCreateUserConfig, MfaConfiguration, EnabledMfas } = pools['OperatorPool']!.Properties;
    expect(AdminCreateUserConfig).toEqual({ AllowAdminCreateUserOnly: true });
    expect([MfaConfiguration, EnabledMfas]).toEqual(['ON', ['SOFTWARE_TOKEN_MFA']]);
  });

  test('have tokens of minutes, a session of a working day, and no password in anybody’s hands but Cognito’s', () => {
    const [client, ...others] = clientsOf('OperatorPool');
    expect(others).toEqual([]);
    expect(client).toMatchObject({
      AccessTokenValidity: 5,
      RefreshTokenValidity: 600,
      TokenValidityUnits: { AccessToken: 'minutes', RefreshToken: 'minutes' },
      AllowedOAuthFlows: ['code'],
    });
    expect(client.ExplicitAuthFlows).toEqual(['ALLOW_REFRESH_TOKEN_AUTH']);
  });

  test('are the only ones who reach the routes of operators, whatever group a customer is put into', () => {
    const operatorsPool = JSON.stringify(
      Object.values(resourcesOf(prod, 'AWS::ApiGatewayV2::Authorizer')).map(
        ({ Properties }) => Properties.JwtConfiguration,
      ),
    );
    expect(operatorsPool).toContain('OperatorPool');
    const authorizers = Object.entries(resourcesOf(prod, 'AWS::ApiGatewayV2::Authorizer'));
    const [ofOperators] = authorizers.find(([, { Properties }]) =>
      JSON.stringify(Properties.JwtConfiguration.Issuer).includes('OperatorPool'),
    )!;
    const routes = Object.values(resourcesOf(prod, 'AWS::ApiGatewayV2::Route'));
    const reached = routes
      .filter(({ Properties }) => Properties.AuthorizerId?.Ref === ofOperators)
      .map(({ Properties }) => Properties.RouteKey as string);
    const forOperators = Object.values(SHOP_ROUTES)
      .flatMap((table) => Object.values<Route>(table))
      .filter(({ access }) => access === 'admin')
      .map(({ method, path }) => `${method} ${path}`);
    expect(reached.toSorted()).toEqual(forOperators.toSorted());
    const groups = Object.values(resourcesOf(prod, 'AWS::Cognito::UserPoolGroup'));
    expect(groups.map(({ Properties }) => Properties.UserPoolId.Ref)).toEqual(['OperatorPool']);
  });
});

test('the page signs in with a code and a proof, keeps no secret, and is led back to itself alone', () => {
  const pageClients = ['UserPool', 'OperatorPool']
    .flatMap(clientsOf)
    .filter(({ AllowedOAuthFlows }) => AllowedOAuthFlows);
  expect(pageClients).toHaveLength(2);
  for (const client of pageClients) {
    expect(client).toMatchObject({
      AllowedOAuthFlows: ['code'],
      AllowedOAuthFlowsUserPoolClient: true,
      GenerateSecret: false,
      AllowedOAuthScopes: ['openid', 'profile'],
    });
    expect(client.CallbackURLs).toHaveLength(1);
    expect(client.LogoutURLs).toEqual(client.CallbackURLs);
    expect(JSON.stringify(client.CallbackURLs)).toMatch(/https:\/\/.*PageDomain/u);
  }
});

test('each client of a pool is one whose tokens the API takes', () => {
  for (const { Properties } of Object.values(resourcesOf(prod, 'AWS::ApiGatewayV2::Authorizer'))) {
    const { Issuer, Audience } = Properties.JwtConfiguration;
    const [poolId] = Object.keys(pools).filter((id) => JSON.stringify(Issuer).includes(`"${id}"`));
    expect((Audience as unknown[]).length).toBe(clientsOf(poolId!).length);
  }
});

test('a developer works with one pool, and may be led back to the page of their own machine', () => {
  const dev = synthesizedStack(ENVIRONMENTS.dev);
  expect(Object.keys(resourcesOf(dev, 'AWS::Cognito::UserPool'))).toEqual(['UserPool']);
  const [client] = Object.values(resourcesOf(dev, 'AWS::Cognito::UserPoolClient')).filter(
    ({ Properties }) => Properties.CallbackURLs,
  );
  expect(client?.Properties.CallbackURLs).toContainEqual('http://localhost:4569/');
});
