import { randomUUID } from 'node:crypto';
import type { AwsOperation, JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { optionalString, requiredString } from '../shared/aws-input.ts';
import type { CognitoService, PoolMember } from './cognito-service.ts';
import { hashedPassword, randomPassword, requireConforming } from './password.ts';
import { requireNewUsername } from './sign-up-api.ts';
import { attributesIn, listedAttributes, requireFreeAlias, withAttributes } from './user-attributes.ts';
import type { UserPool } from './user-pool.ts';
import { newUser, type PoolUser } from './user-store.ts';

const INVALID = 'InvalidParameterException';
const DAY_MS = 86_400_000;

/** Users in the hands of whoever runs the pool. */
export function administrationOperations(service: CognitoService): Record<string, AwsOperation> {
  return {
    AdminCreateUser: (input) => createUser(service, input),
    ...changeOperations(service),
    ...groupOperations(service),
  };
}

/** Changes that answer nothing. */
function changeOperations(service: CognitoService): Record<string, AwsOperation> {
  const change = (run: (member: PoolMember, input: JsonObject) => Promise<unknown>): AwsOperation => {
    return async (input) => {
      await run(memberIn(service, input), input);
      return {};
    };
  };
  return {
    AdminConfirmSignUp: change(({ pool, user }) => {
      if (user.status === 'UNCONFIRMED') return service.save(pool, { ...user, status: 'CONFIRMED' });
      throw new AwsError('NotAuthorizedException', `User cannot be confirmed. Current status is ${user.status}`);
    }),
    AdminDeleteUser: change((member) => service.remove(member)),
    AdminDisableUser: change(({ pool, user }) => service.save(pool, { ...user, isEnabled: false })),
    AdminEnableUser: change(({ pool, user }) => service.save(pool, { ...user, isEnabled: true })),
    AdminSetUserPassword: change((member, input) => setPassword(service, member, input)),
    AdminUpdateUserAttributes: change(({ pool, user }, input) => {
      const changed = withAttributes(user, attributesIn(input['UserAttributes'], 'administrator'));
      requireFreeAlias(service, pool, changed);
      return service.save(pool, changed);
    }),
    AdminUserGlobalSignOut: change((member) => service.signOutEverywhere(member)),
  };
}

function groupOperations(service: CognitoService): Record<string, AwsOperation> {
  const regroup = (groupsOf: (groups: readonly string[], group: string) => string[]): AwsOperation => {
    return async (input) => {
      const { pool, user } = memberIn(service, input);
      const group = requiredString(input, 'GroupName', INVALID);
      if (!pool.groups.has(group)) throw new AwsError('ResourceNotFoundException', 'Group not found.');
      await service.save(pool, { ...user, groups: groupsOf(user.groups, group) });
      return {};
    };
  };
  return {
    AdminAddUserToGroup: regroup((groups, group) => [...new Set([...groups, group])]),
    AdminRemoveUserFromGroup: regroup((groups, group) => groups.filter((each) => each !== group)),
  };
}

async function createUser(service: CognitoService, input: JsonObject): Promise<JsonObject> {
  const pool = service.pool(requiredString(input, 'UserPoolId', INVALID));
  const action = optionalString(input, 'MessageAction', INVALID);
  if (action !== undefined && action !== 'SUPPRESS')
    throw new AwsError(INVALID, `MessageAction ${action} is not run here.`);
  const username = requireNewUsername(service, pool, requiredString(input, 'Username', INVALID));
  const attributes = attributesIn(input['UserAttributes'], 'administrator');
  const password = optionalString(input, 'TemporaryPassword', INVALID) ?? randomPassword();
  requireConforming(password, pool.rules.password);
  const entry = { username, sub: randomUUID(), status: 'FORCE_CHANGE_PASSWORD', attributes } as const;
  const created = newUser(entry, service.clock.nowMs());
  requireFreeAlias(service, pool, created);
  const user = await service.save(pool, { ...created, ...(await temporary(service, pool, password)) });
  if (action === undefined) await invite(service, user, password);
  return { User: describeUser(user) };
}

/** The words of AWS's own invitation (API reference, MessageTemplateType). */
async function invite(service: CognitoService, { username, attributes }: PoolUser, password: string): Promise<void> {
  const { email } = attributes;
  if (email === undefined) throw new AwsError(INVALID, 'User has no attribute to send an invitation to.');
  const text = `Your username is ${username} and temporary password is ${password}.`;
  await service.mail(email, 'Your temporary password', text);
}

async function setPassword(service: CognitoService, { pool, user }: PoolMember, input: JsonObject): Promise<void> {
  const password = requiredString(input, 'Password', INVALID);
  requireConforming(password, pool.rules.password);
  const { temporaryUntilMs: _ended, ...lasting } = user;
  const failedSignIns = { count: 0, lastAtMs: 0 };
  if (input['Permanent'] === true) {
    const passwordHash = await hashedPassword(password);
    await service.save(pool, { ...lasting, failedSignIns, status: 'CONFIRMED', passwordHash });
    return;
  }
  const given = await temporary(service, pool, password);
  await service.save(pool, { ...lasting, failedSignIns, status: 'FORCE_CHANGE_PASSWORD', ...given });
}

async function temporary(service: CognitoService, { rules }: UserPool, password: string) {
  const temporaryUntilMs = service.clock.nowMs() + rules.password.temporaryDays * DAY_MS;
  return { passwordHash: await hashedPassword(password), temporaryUntilMs };
}

/** @throws AwsError ResourceNotFoundException, UserNotFoundException. */
export function memberIn(service: CognitoService, input: JsonObject): PoolMember {
  const pool = service.pool(requiredString(input, 'UserPoolId', INVALID));
  return { pool, user: service.user(pool, requiredString(input, 'Username', INVALID)) };
}

export function describeUser(user: PoolUser): JsonObject {
  return {
    Username: user.username,
    Attributes: listedAttributes(user),
    Enabled: user.isEnabled,
    UserStatus: user.status,
    UserCreateDate: user.createdMs / 1000,
    UserLastModifiedDate: user.modifiedMs / 1000,
  };
}
