import type { AwsJsonApi, AwsOperation, AwsRestApi, JsonObject, RestResponse } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { integerBetween, optionalString, pageOf, requiredString } from '../shared/aws-input.ts';
import { jsonResponse, restApi, route } from '../shared/rest-routes.ts';
import { jsonApi } from '../shared/json-api.ts';
import { accountOperations } from './account-api.ts';
import { administrationOperations, describeUser, memberIn } from './administration-api.ts';
import type { CognitoService } from './cognito-service.ts';
import { describedFactor, secondFactorOperations } from './second-factor-api.ts';
import { SecondFactor } from './second-factor.ts';
import { SignIn, type Challenged, type SignInTokens } from './sign-in.ts';
import { signUpOperations } from './sign-up-api.ts';
import type { IssuedTokens } from './token-issuer.ts';
import type { PoolUser } from './user-store.ts';

const INVALID = 'InvalidParameterException';
const MAX_RESULTS = 60;

export function cognitoApi(service: CognitoService): AwsJsonApi {
  const signIn = new SignIn(service);
  const factor = new SecondFactor(service, signIn);
  return jsonApi({
    targetPrefix: 'AWSCognitoIdentityProviderService',
    contentType: 'application/x-amz-json-1.1',
    operations: {
      ...signInOperations(service, signIn, factor),
      ...secondFactorOperations(service, factor),
      ...signUpOperations(service),
      ...accountOperations(service, signIn),
      ...administrationOperations(service),
      ...readOperations(service),
    },
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
    authorization_endpoint: `${service.endpointUrl}/oauth2/authorize`,
    token_endpoint: `${service.endpointUrl}/oauth2/token`,
    end_session_endpoint: `${service.endpointUrl}/logout`,
    jwks_uri: `${service.addressOfPool(poolId)}/.well-known/jwks.json`,
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
  };
}

function signInOperations(service: CognitoService, signIn: SignIn, factor: SecondFactor): Record<string, AwsOperation> {
  const ofPool = (input: JsonObject): JsonObject => {
    const { clients } = poolOf(service, input);
    if (clients.has(requiredString(input, 'ClientId', INVALID))) return input;
    throw new AwsError('ResourceNotFoundException', 'User pool client does not exist.');
  };
  return {
    InitiateAuth: (input) => initiateAuth(service, signIn, input, 'USER_PASSWORD_AUTH'),
    AdminInitiateAuth: (input) => initiateAuth(service, signIn, ofPool(input), 'ADMIN_USER_PASSWORD_AUTH'),
    RespondToAuthChallenge: (input) => answerChallenge(signIn, factor, input),
    AdminRespondToAuthChallenge: (input) => answerChallenge(signIn, factor, ofPool(input)),
  };
}

async function initiateAuth(
  service: CognitoService,
  signIn: SignIn,
  input: JsonObject,
  passwordFlow: string,
): Promise<JsonObject> {
  const clientId = requiredString(input, 'ClientId', INVALID);
  const flow = requiredString(input, 'AuthFlow', INVALID);
  const parameters = (input['AuthParameters'] ?? {}) as JsonObject;
  const allowed = service.poolOfClient(clientId).clients.get(clientId)?.authFlows ?? [];
  if (flow === 'REFRESH_TOKEN_AUTH' || flow === 'REFRESH_TOKEN') {
    const refreshToken = requiredString(parameters, 'REFRESH_TOKEN', INVALID);
    return { AuthenticationResult: resultOf(await signIn.withRefreshToken(clientId, refreshToken)) };
  }
  if (flow !== passwordFlow || !allowed.includes(`ALLOW_${flow}`)) {
    throw new AwsError(INVALID, `${flow} flow not enabled for this client`);
  }
  const username = requiredString(parameters, 'USERNAME', INVALID);
  const outcome = await signIn.withPassword(clientId, username, requiredString(parameters, 'PASSWORD', INVALID));
  return answerOf(outcome);
}

async function answerChallenge(signIn: SignIn, factor: SecondFactor, input: JsonObject): Promise<JsonObject> {
  const challenge = requiredString(input, 'ChallengeName', INVALID);
  const responses = (input['ChallengeResponses'] ?? {}) as JsonObject;
  const clientId = requiredString(input, 'ClientId', INVALID);
  const session = requiredString(input, 'Session', INVALID);
  switch (challenge) {
    case 'NEW_PASSWORD_REQUIRED': {
      const password = requiredString(responses, 'NEW_PASSWORD', INVALID);
      return answerOf(await signIn.withNewPassword(clientId, session, password));
    }
    case 'MFA_SETUP':
      return signedIn(await signIn.tokensOf(clientId, factor.memberAfterSetup(clientId, session)));
    case 'SOFTWARE_TOKEN_MFA': {
      const code = requiredString(responses, 'SOFTWARE_TOKEN_MFA_CODE', INVALID);
      return signedIn(await signIn.tokensOf(clientId, await factor.memberWithCode(clientId, session, code)));
    }
    default:
      throw new AwsError(INVALID, `Challenge ${challenge} is not run here.`);
  }
}

function answerOf(outcome: SignInTokens | Challenged): JsonObject {
  if (!('session' in outcome)) return signedIn(outcome);
  const { name, session, user } = outcome;
  const USER_ID_FOR_SRP = user.username;
  const parameters = {
    NEW_PASSWORD_REQUIRED: { requiredAttributes: '[]', userAttributes: JSON.stringify(user.attributes) },
    MFA_SETUP: { MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' },
    SOFTWARE_TOKEN_MFA: {},
  }[name];
  return { ChallengeName: name, Session: session, ChallengeParameters: { USER_ID_FOR_SRP, ...parameters } };
}

function signedIn(tokens: SignInTokens): JsonObject {
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
      const { user } = memberIn(service, input);
      const { Attributes, ...described } = describeUser(user);
      return { ...described, UserAttributes: Attributes, ...describedFactor(user) };
    },
    AdminListGroupsForUser: (input) => {
      const {
        pool: { poolId },
        user: { groups },
      } = memberIn(service, input);
      const { items, token } = pageIn(groups, input, 'Limit');
      return {
        Groups: items.map((name) => ({ GroupName: name, UserPoolId: poolId })),
        ...(token && { NextToken: token }),
      };
    },
    ListUsers: (input) => {
      const users = service.users(poolOf(service, input)).filter(matching(optionalString(input, 'Filter', INVALID)));
      const limit = integerBetween(input, 'Limit', { min: 1, max: 60, fallback: 60 }, INVALID);
      const page = pageOf(users, limit, optionalString(input, 'PaginationToken', INVALID), INVALID);
      return { Users: page.items.map(describeUser), ...(page.nextToken && { PaginationToken: page.nextToken }) };
    },
  };
}

/** `email = "a@b.c"`, or `^=` for a beginning (API reference, ListUsers). */
function matching(filter: string | undefined): (user: PoolUser) => boolean {
  if (filter === undefined || filter === '') return () => true;
  const parts = /^\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(filter);
  const [, name = '', operator, quoted = ''] = parts ?? [];
  if (!parts) throw new AwsError(INVALID, 'Error while parsing filter condition.');
  const wanted = quoted.replaceAll(/\\(.)/g, '$1');
  return ({ username, sub, status, attributes }) => {
    const known: Readonly<Record<string, string>> = { ...attributes, username, sub, 'cognito:user_status': status };
    const value = known[name];
    return operator === '=' ? value === wanted : (value?.startsWith(wanted) ?? false);
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
