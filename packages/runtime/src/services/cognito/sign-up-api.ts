import { randomUUID } from 'node:crypto';
import type { AwsOperation, JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { requiredString } from '../shared/aws-input.ts';
import type { CognitoService, PoolMember } from './cognito-service.ts';
import { hashedPassword, requireConforming } from './password.ts';
import { attributesIn, requireFreeAlias } from './user-attributes.ts';
import type { UserPool } from './user-pool.ts';
import { newUser, type PoolUser } from './user-store.ts';
import { deliveryTo, expiredCode, redeemCode, sendCode } from './verification-codes.ts';

const INVALID = 'InvalidParameterException';
/** API reference, SignUp, Username. */
const USERNAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;

/** How people become users, and come back to their account without their password. */
export function signUpOperations(service: CognitoService): Record<string, AwsOperation> {
  return {
    SignUp: (input) => signUp(service, input),
    ConfirmSignUp: (input) => confirmSignUp(service, input),
    ResendConfirmationCode: (input) => resendCode(service, input),
    ForgotPassword: (input) => forgotPassword(service, input),
    ConfirmForgotPassword: (input) => confirmForgotPassword(service, input),
  };
}

async function signUp(service: CognitoService, input: JsonObject): Promise<JsonObject> {
  const pool = service.poolOfClient(requiredString(input, 'ClientId', INVALID));
  if (!pool.rules.allowsSignUp)
    throw new AwsError('NotAuthorizedException', 'SignUp is not permitted for this user pool');
  const password = requiredString(input, 'Password', INVALID);
  const attributes = attributesIn(input['UserAttributes'], 'user');
  const username = requireNewUsername(service, pool, requiredString(input, 'Username', INVALID));
  requireConforming(password, pool.rules.password);
  const passwordHash = await hashedPassword(password);
  requireNewUsername(service, pool, username); // somebody may have taken it meanwhile
  const { email } = attributes;
  const entry = { username, sub: randomUUID(), status: 'UNCONFIRMED', attributes } as const;
  const unverified = email === undefined ? entry : { ...entry, attributes: { ...attributes, email_verified: 'false' } };
  const user = await service.save(pool, { ...newUser(unverified, service.clock.nowMs()), passwordHash });
  if (email === undefined || !pool.rules.verifiesEmail) return { UserConfirmed: false, UserSub: user.sub };
  await sendCode(service, { pool, user }, 'signUp');
  return { UserConfirmed: false, UserSub: user.sub, CodeDeliveryDetails: { ...deliveryTo(email) } };
}

/** @throws AwsError InvalidParameterException, UsernameExistsException. */
export function requireNewUsername(service: CognitoService, pool: UserPool, username: string): string {
  if (!USERNAME.test(username)) throw new AwsError(INVALID, 'Username must be 1 to 128 characters, without spaces.');
  if (pool.rules.hasEmailAlias && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(username)) {
    const why = 'Username cannot be of email format, since user pool is configured for email alias.';
    throw new AwsError(INVALID, why);
  }
  if (service.findUser(pool, username)) throw new AwsError('UsernameExistsException', 'User already exists');
  return username;
}

async function confirmSignUp(service: CognitoService, input: JsonObject): Promise<JsonObject> {
  const code = requiredString(input, 'ConfirmationCode', INVALID);
  const member = memberNamed(service, input);
  if (!member) throw expiredCode();
  const { pool, user } = member;
  if (user.status !== 'UNCONFIRMED') {
    throw new AwsError('NotAuthorizedException', `User cannot be confirmed. Current status is ${user.status}`);
  }
  const confirmed = await redeemCode(service, member, 'signUp', code);
  const owner = service.ownerOfAlias(pool, user.attributes['email'] ?? '');
  if (owner && input['ForceAliasCreation'] === true) await loseAlias(service, pool, owner);
  else requireFreeAlias(service, pool, user);
  await service.save(pool, verified({ ...confirmed, status: 'CONFIRMED' }));
  return {};
}

/** The address is somebody else's from now on. */
async function loseAlias(service: CognitoService, pool: UserPool, owner: PoolUser): Promise<void> {
  await service.save(pool, { ...owner, attributes: { ...owner.attributes, email_verified: 'false' } });
}

async function resendCode(service: CognitoService, input: JsonObject): Promise<JsonObject> {
  const member = memberNamed(service, input);
  if (!member) return { CodeDeliveryDetails: { ...simulatedDelivery(input) } };
  const { email } = member.user.attributes;
  if (member.user.status !== 'UNCONFIRMED') throw new AwsError(INVALID, 'User is already confirmed.');
  if (email === undefined) throw new AwsError(INVALID, 'User has no attribute to send a code to.');
  await sendCode(service, member, 'signUp');
  return { CodeDeliveryDetails: { ...deliveryTo(email) } };
}

async function forgotPassword(service: CognitoService, input: JsonObject): Promise<JsonObject> {
  const member = memberNamed(service, input);
  const { email, email_verified: isVerified } = member?.user.attributes ?? {};
  const hides = isHiding(service, input);
  if (!member || !member.user.isEnabled || email === undefined || isVerified !== 'true') {
    if (hides) return { CodeDeliveryDetails: { ...simulatedDelivery(input) } };
    const why = 'Cannot reset password for the user as there is no registered/verified email or phone_number';
    throw new AwsError(INVALID, why);
  }
  await sendCode(service, member, 'password');
  return { CodeDeliveryDetails: { ...deliveryTo(email) } };
}

async function confirmForgotPassword(service: CognitoService, input: JsonObject): Promise<JsonObject> {
  const code = requiredString(input, 'ConfirmationCode', INVALID);
  const password = requiredString(input, 'Password', INVALID);
  const member = memberNamed(service, input);
  if (!member?.user.isEnabled) throw expiredCode();
  requireConforming(password, member.pool.rules.password);
  const { temporaryUntilMs: _ended, ...user } = await redeemCode(service, member, 'password', code);
  const passwordHash = await hashedPassword(password);
  const saved = { ...user, passwordHash, status: 'CONFIRMED', failedSignIns: { count: 0, lastAtMs: 0 } } as const;
  await service.save(member.pool, saved);
  return {};
}

/** Undefined for nobody, where the client is not to tell. @throws AwsError UserNotFoundException where it is. */
function memberNamed(service: CognitoService, input: JsonObject): PoolMember | undefined {
  const pool = service.poolOfClient(requiredString(input, 'ClientId', INVALID));
  const user = service.findUser(pool, requiredString(input, 'Username', INVALID));
  if (user) return { pool, user };
  if (isHiding(service, input)) return undefined;
  throw new AwsError('UserNotFoundException', 'Username/client id combination not found.');
}

function isHiding(service: CognitoService, input: JsonObject): boolean {
  const clientId = requiredString(input, 'ClientId', INVALID);
  return service.client(service.poolOfClient(clientId).poolId, clientId).hidesUsers;
}

function simulatedDelivery(input: JsonObject): ReturnType<typeof deliveryTo> {
  return deliveryTo(String(input['Username']));
}

function verified(user: PoolUser): PoolUser {
  const { email } = user.attributes;
  return email === undefined ? user : { ...user, attributes: { ...user.attributes, email_verified: 'true' } };
}
