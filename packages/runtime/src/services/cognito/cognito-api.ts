import type { AwsJsonApi, AwsOperation, AwsRestApi, JsonObject, RestResponse } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { integerBetween, optionalString, pageOf, requiredString } from '../shared/aws-input.ts';
import { jsonResponse, restApi, route } from '../shared/rest-routes.ts';
import type { CognitoService, IssuedTokens } from './cognito-service.ts';
import type { DemoUser } from './user-pool.ts';
import { jsonApi } from '../shared/json-api.ts';

const INVALID = 'InvalidParameterException';
const MAX_RESULTS = 60;

export function cognitoApi(service: CognitoService): AwsJsonApi {
  return jsonApi({
    targetPrefix: 'AWSCognitoIdentityProviderService',
    contentType: 'application/x-amz-json-1.1',
    operations: { ...signInOperations(service), ...readOperations(service) },
  });
}

/** Discovery documents of the pools. */
export function cognitoWellKnown(service: CognitoService): AwsRestApi {
  return restApi([
    route('GET', '/{poolId}/.well-known/jwks.json', (_, { poolId }) => cacheable(service.jwksOf(poolId))),
    route('GET', '/{poolId}/.well-known/openid-configuration', (_, { poolId }) =>
      cacheable(discoveryOf(service, poolId)),
    ),
  ]);
}

function cacheable(body: JsonObject): RestResponse {
  const { headers, ...response } = jsonResponse(body);
  return { ...response, headers: { ...headers, 'cache-control': 'public, max-age=86400' } };
}

function discoveryOf(service: CognitoService, poolId: string): JsonObject {
  service.pool(poolId);
  return {
    issuer: service.issuerOf(poolId),
    jwks_uri: `${service.addressOfPool(poolId)}/.well-known/jwks.json`,
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['token'],
    subject_types_supported: ['public'],
  };
}

function signInOperations(service: CognitoService): Record<string, AwsOperation> {
  return {
    InitiateAuth: (input) => initiateAuth(service, input, 'USER_PASSWORD_AUTH'),
    AdminInitiateAuth: (input) => {
      service.pool(requiredString(input, 'UserPoolId', INVALID));
      return initiateAuth(service, input, 'ADMIN_USER_PASSWORD_AUTH');
    },
  };
}

async function initiateAuth(service: CognitoService, input: JsonObject, passwordFlow: string): Promise<JsonObject> {
  const clientId = requiredString(input, 'ClientId', INVALID);
  const flow = requiredString(input, 'AuthFlow', INVALID);
  const parameters = (input['AuthParameters'] ?? {}) as JsonObject;
  const allowed = service.poolOfClient(clientId).clients.get(clientId)?.authFlows ?? [];
  if (flow === 'REFRESH_TOKEN_AUTH' || flow === 'REFRESH_TOKEN') {
    return {
      AuthenticationResult: resultOf(
        await service.refresh(clientId, requiredString(parameters, 'REFRESH_TOKEN', INVALID)),
      ),
    };
  }
  if (flow !== passwordFlow || !allowed.includes(`ALLOW_${flow}`)) {
    throw new AwsError(INVALID, `${flow} flow not enabled for this client`);
  }
  const username = requiredString(parameters, 'USERNAME', INVALID);
  const tokens = await service.signIn(clientId, username, requiredString(parameters, 'PASSWORD', INVALID));
  return { ChallengeParameters: {}, AuthenticationResult: { ...resultOf(tokens), RefreshToken: tokens.refreshToken } };
}

function resultOf({ accessToken, idToken, expiresIn }: IssuedTokens): JsonObject {
  return { AccessToken: accessToken, IdToken: idToken, ExpiresIn: expiresIn, TokenType: 'Bearer' };
}

function readOperations(service: CognitoService): Record<string, AwsOperation> {
  return {
    ListUserPools: (input) => {
      const { items, token } = pageIn(service.pools(), input, 'MaxResults');
      return {
        UserPools: items.map(({ poolId, name, createdMs }) => ({
          Id: poolId,
          Name: name,
          CreationDate: createdMs / 1000,
        })),
        ...(token && { NextToken: token }),
      };
    },
    ListUserPoolClients: (input) => {
      const { poolId, clients } = poolOf(service, input);
      const { items, token } = pageIn([...clients.values()], input, 'MaxResults');
      return {
        ...(token && { NextToken: token }),
        UserPoolClients: items.map(({ clientId, name }) => ({
          ClientId: clientId,
          ClientName: name,
          UserPoolId: poolId,
        })),
      };
    },
    ListGroups: (input) => {
      const { poolId, groups } = poolOf(service, input);
      const { items, token } = pageIn([...groups], input, 'Limit');
      return {
        Groups: items.map((name) => ({ GroupName: name, UserPoolId: poolId })),
        ...(token && { NextToken: token }),
      };
    },
    AdminGetUser: (input) => {
      poolOf(service, input);
      const { Attributes, ...user } = describeUser(service.user(requiredString(input, 'Username', INVALID)));
      return { ...user, UserAttributes: Attributes };
    },
    AdminListGroupsForUser: (input) => {
      const { poolId } = poolOf(service, input);
      const { groups } = service.user(requiredString(input, 'Username', INVALID));
      const { items, token } = pageIn(groups, input, 'Limit');
      return {
        Groups: items.map((name) => ({ GroupName: name, UserPoolId: poolId })),
        ...(token && { NextToken: token }),
      };
    },
    ListUsers: (input) => {
      poolOf(service, input);
      const limit = integerBetween(input, 'Limit', { min: 1, max: 60, fallback: 60 }, INVALID);
      const page = pageOf(service.users(), limit, optionalString(input, 'PaginationToken', INVALID), INVALID);
      return { Users: page.items.map(describeUser), ...(page.nextToken && { PaginationToken: page.nextToken }) };
    },
  };
}

/** API reference: at most 60 of anything; a Limit of 0 stands for no limit of the caller's. */
function pageIn<T>(all: readonly T[], input: JsonObject, member: 'MaxResults' | 'Limit') {
  const min = member === 'Limit' ? 0 : 1;
  const limit = integerBetween(input, member, { min, max: MAX_RESULTS, fallback: MAX_RESULTS }, INVALID);
  const page = pageOf(all, limit || MAX_RESULTS, optionalString(input, 'NextToken', INVALID), INVALID);
  return { items: page.items, token: page.nextToken };
}

function poolOf(service: CognitoService, input: JsonObject): ReturnType<CognitoService['pool']> {
  return service.pool(requiredString(input, 'UserPoolId', INVALID));
}

function describeUser({ username, sub, email }: DemoUser): JsonObject {
  const attributes = [{ Name: 'sub', Value: sub }];
  if (email !== undefined) attributes.push({ Name: 'email', Value: email }, { Name: 'email_verified', Value: 'true' });
  return { Username: username, Attributes: attributes, Enabled: true, UserStatus: 'CONFIRMED' };
}
