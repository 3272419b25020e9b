import type { AwsOperation, JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { requiredString } from '../shared/aws-input.ts';
import type { CognitoService, PoolMember } from './cognito-service.ts';
import { hashedPassword, requireConforming } from './password.ts';
import { describedFactor } from './second-factor-api.ts';
import type { SignIn } from './sign-in.ts';
import { attributesIn, listedAttributes, requireFreeAlias, withAttributes } from './user-attributes.ts';
import { deliveryTo, redeemCode, sendCode } from './verification-codes.ts';

const INVALID = 'InvalidParameterException';

/** What users do with their own account; their access token says who they are. */
export function accountOperations(service: CognitoService, signIn: SignIn): Record<string, AwsOperation> {
  const own = (run: (member: PoolMember, input: JsonObject) => Promise<JsonObject>): AwsOperation => {
    return async (input) => run(await service.memberOf(requiredString(input, 'AccessToken', INVALID)), input);
  };
  return {
    GetUser: own(async ({ user }) => ({
      Username: user.username,
      UserAttributes: listedAttributes(user),
      ...describedFactor(user),
    })),
    DeleteUser: own(async (member) => {
      await service.remove(member);
      return {};
    }),
    GlobalSignOut: own(async (member) => {
      await service.signOutEverywhere(member);
      return {};
    }),
    ChangePassword: own(async (member, input) => {
      await changePassword(service, signIn, member, input);
      return {};
    }),
    UpdateUserAttributes: own((member, input) => updateAttributes(service, member, input)),
    GetUserAttributeVerificationCode: own(async (member, input) => {
      const email = requireEmail(member, input);
      await sendCode(service, member, 'email');
      return { CodeDeliveryDetails: { ...deliveryTo(email) } };
    }),
    VerifyUserAttribute: own(async (member, input) => {
      requireEmail(member, input);
      const user = await redeemCode(service, member, 'email', requiredString(input, 'Code', INVALID));
      requireFreeAlias(service, member.pool, user);
      await service.save(member.pool, { ...user, attributes: { ...user.attributes, email_verified: 'true' } });
      return {};
    }),
    RevokeToken: async (input) => {
      const token = requiredString(input, 'Token', INVALID);
      const session = service.refreshTokens.find(token);
      if (session && session.clientId !== requiredString(input, 'ClientId', INVALID)) {
        throw new AwsError('UnauthorizedException', 'The token was issued to another client.');
      }
      await service.refreshTokens.revoke(token);
      return {};
    },
  };
}

async function changePassword(service: CognitoService, signIn: SignIn, member: PoolMember, input: JsonObject) {
  const previous = requiredString(input, 'PreviousPassword', INVALID);
  const proposed = requiredString(input, 'ProposedPassword', INVALID);
  await signIn.requirePassword(member, previous);
  requireConforming(proposed, member.pool.rules.password);
  await service.save(member.pool, { ...member.user, passwordHash: await hashedPassword(proposed) });
}

async function updateAttributes(service: CognitoService, member: PoolMember, input: JsonObject): Promise<JsonObject> {
  const { pool, user } = member;
  const changed = withAttributes(user, attributesIn(input['UserAttributes'], 'user'));
  requireFreeAlias(service, pool, changed);
  const saved = await service.save(pool, changed);
  const { email } = saved.attributes;
  if (email === undefined || email === user.attributes['email'] || !pool.rules.verifiesEmail) return {};
  await sendCode(service, { pool, user: saved }, 'email');
  return { CodeDeliveryDetailsList: [{ ...deliveryTo(email) }] };
}

function requireEmail({ user }: PoolMember, input: JsonObject): string {
  const { email } = user.attributes;
  if (requiredString(input, 'AttributeName', INVALID) !== 'email' || email === undefined) {
    throw new AwsError(INVALID, 'The user has no such attribute that can be verified.');
  }
  return email;
}
