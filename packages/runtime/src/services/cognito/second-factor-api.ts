import type { AwsOperation, JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { optionalString, requiredString } from '../shared/aws-input.ts';
import { memberIn } from './administration-api.ts';
import type { CognitoService, PoolMember } from './cognito-service.ts';
import type { SecondFactor } from './second-factor.ts';
import type { PoolUser } from './user-store.ts';

const INVALID = 'InvalidParameterException';
const SOFTWARE_TOKEN = 'SOFTWARE_TOKEN_MFA';

/** What sets a second factor up: within a sign-in by its session, otherwise by an access token. */
export function secondFactorOperations(service: CognitoService, factor: SecondFactor): Record<string, AwsOperation> {
  const signedIn = (input: JsonObject): Promise<PoolMember> =>
    service.memberOf(requiredString(input, 'AccessToken', INVALID));
  return {
    AssociateSoftwareToken: async (input) => {
      const session = optionalString(input, 'Session', INVALID);
      if (session === undefined) return { SecretCode: await factor.offerTo(await signedIn(input)) };
      const offered = factor.offerIn(session);
      return { SecretCode: offered.secret, Session: offered.session };
    },
    VerifySoftwareToken: async (input) => {
      const session = optionalString(input, 'Session', INVALID);
      const code = requiredString(input, 'UserCode', INVALID);
      if (session !== undefined) return { Status: 'SUCCESS', Session: await factor.verifyIn(session, code) };
      await factor.verifyOf(await signedIn(input), code);
      return { Status: 'SUCCESS' };
    },
    SetUserMFAPreference: async (input) => prefer(factor, await signedIn(input), input),
    AdminSetUserMFAPreference: (input) => prefer(factor, memberIn(service, input), input),
  };
}

/** As GetUser and AdminGetUser show it. */
export function describedFactor({ softwareToken }: PoolUser): JsonObject {
  if (softwareToken?.isEnabled !== true) return {};
  return { UserMFASettingList: [SOFTWARE_TOKEN], PreferredMfaSetting: SOFTWARE_TOKEN };
}

async function prefer(factor: SecondFactor, member: PoolMember, input: JsonObject): Promise<JsonObject> {
  for (const name of ['SMSMfaSettings', 'EmailMfaSettings', 'WebAuthnMfaSettings']) {
    if (input[name] !== undefined) throw new AwsError(INVALID, `${name} is not run here.`);
  }
  const settings = input['SoftwareTokenMfaSettings'] as JsonObject | undefined;
  if (settings?.['Enabled'] !== undefined) await factor.prefer(member, settings['Enabled'] === true);
  return {};
}
