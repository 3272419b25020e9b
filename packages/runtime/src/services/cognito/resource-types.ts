import {
  UnsupportedFeature,
  type ResourceDeclaration,
  type ResourceType,
  type StackIdentity,
} from '../../assembly/resource-type.ts';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { stableId } from '../shared/stable-id.ts';
import type { CognitoService } from './cognito-service.ts';
import { isTrue, poolRulesOf } from './pool-rules.ts';
import type { OAuthRules, UserPoolClient } from './user-pool.ts';

export function cognitoResourceTypes(service: CognitoService): Record<string, ResourceType> {
  return {
    'AWS::Cognito::UserPool': {
      identify: identifyPool,
      create: async (resource, { ref }) => {
        const triggers = Object.keys(resource.properties['LambdaConfig'] ?? {});
        if (triggers.length > 0) throw new UnsupportedFeature(resource, `the trigger ${triggers[0]}`);
        const { properties } = resource;
        const hasMfa = (properties['MfaConfiguration'] ?? 'OFF') !== 'OFF';
        if (hasMfa && !(properties['EnabledMfas'] ?? []).includes('SOFTWARE_TOKEN_MFA')) {
          throw new UnsupportedFeature(resource, 'a second factor that is no software token');
        }
        await service.declarePool(ref, properties['UserPoolName'] ?? resource.logicalId, poolRulesOf(properties));
      },
    },
    'AWS::Cognito::UserPoolClient': {
      identify: ({ logicalId, properties }, stack) => {
        const clientId = stableId([stack.stackName, logicalId, 'user-pool-client'], 26);
        return { ref: clientId, attributes: { ClientId: clientId, Name: properties['ClientName'] ?? logicalId } };
      },
      create: (resource, identity) => {
        if (isTrue(resource.properties['GenerateSecret'])) throw new UnsupportedFeature(resource, 'a client secret');
        const client = clientOf(resource, identity.ref);
        service.pool(resource.properties['UserPoolId']).clients.set(client.clientId, client);
      },
    },
    'AWS::Cognito::UserPoolGroup': {
      identify: ({ logicalId, properties }) => ({ ref: properties['GroupName'] ?? logicalId, attributes: {} }),
      create: ({ properties }, { ref }) => {
        service.pool(properties['UserPoolId']).groups.add(ref);
      },
    },
    // Its pages are at the endpoint (sign-in-pages/): no other name leads to this machine.
    'AWS::Cognito::UserPoolDomain': {
      identify: ({ properties }) => ({
        ref: properties['Domain'],
        attributes: { CloudFrontDistribution: 'localhost' },
      }),
    },
  };
}

function identifyPool({ logicalId }: ResourceDeclaration, stack: StackIdentity): ReturnType<ResourceType['identify']> {
  const { region, accountId, stackName } = stack;
  const poolId = `${region}_${stableId([stackName, logicalId, 'user-pool'], 9, 'alphanumeric')}`;
  const providerName = `cognito-idp.${region}.amazonaws.com/${poolId}`;
  return {
    ref: poolId,
    attributes: {
      UserPoolId: poolId,
      Arn: `arn:aws:cognito-idp:${region}:${accountId}:userpool/${poolId}`,
      ProviderName: providerName,
      ProviderURL: `https://${providerName}`,
    },
  };
}

function clientOf({ logicalId, properties }: ResourceDeclaration, clientId: string): UserPoolClient {
  return {
    clientId,
    name: properties['ClientName'] ?? logicalId,
    authFlows: properties['ExplicitAuthFlows'] ?? [],
    accessTokenSeconds: lifetime(properties, 'AccessToken', { value: 1, unit: 'hours' }),
    idTokenSeconds: lifetime(properties, 'IdToken', { value: 1, unit: 'hours' }),
    refreshTokenSeconds: lifetime(properties, 'RefreshToken', { value: 30, unit: 'days' }),
    oauth: oauthRulesOf(properties),
    hidesUsers: properties['PreventUserExistenceErrors'] === 'ENABLED',
  };
}

function oauthRulesOf(properties: JsonObject): OAuthRules {
  if (!isTrue(properties['AllowedOAuthFlowsUserPoolClient'])) {
    return { flows: [], scopes: [], callbackUrls: [], logoutUrls: [] };
  }
  return {
    flows: properties['AllowedOAuthFlows'] ?? [],
    scopes: properties['AllowedOAuthScopes'] ?? [],
    callbackUrls: properties['CallbackURLs'] ?? [],
    logoutUrls: properties['LogoutURLs'] ?? [],
  };
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

function lifetime(properties: JsonObject, token: string, fallback: { value: number; unit: string }): number {
  const unit: string = properties['TokenValidityUnits']?.[token] ?? fallback.unit;
  return Number(properties[`${token}Validity`] ?? fallback.value) * (UNIT_SECONDS[unit] ?? 1);
}
