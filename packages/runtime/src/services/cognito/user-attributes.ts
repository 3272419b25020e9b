import type { JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import type { CognitoService } from './cognito-service.ts';
import type { UserPool } from './user-pool.ts';
import type { PoolUser } from './user-store.ts';

/** OpenID's standard attributes, as every pool has them (Developer Guide, "Working with user attributes"). */
const STANDARD_ATTRIBUTES: ReadonlySet<string> = new Set(
  (
    'address birthdate email email_verified family_name gender given_name locale middle_name name nickname ' +
    'phone_number picture preferred_username profile website zoneinfo updated_at'
  ).split(' '),
);
const MAX_CHARACTERS = 2048;

/** What only an administrator may say of a user. */
const ADMINISTRATORS = new Set(['email_verified']);

/**
 * Reads a list of attributes by name.
 * @throws AwsError InvalidParameterException, NotAuthorizedException for what is an administrator's to say.
 */
export function attributesIn(list: unknown, by: 'user' | 'administrator'): Record<string, string> {
  const entries = ((list ?? []) as JsonObject[]).map(({ Name: name, Value: value = '' }): [string, string] => {
    if (!STANDARD_ATTRIBUTES.has(String(name))) throw nonconforming(`${name}: Attribute does not exist in the schema.`);
    if (by === 'user' && ADMINISTRATORS.has(name)) {
      throw new AwsError('NotAuthorizedException', 'A client attempted to write unauthorized attribute');
    }
    if (value.length > MAX_CHARACTERS) throw nonconforming(`${name}: String must be no longer than ${MAX_CHARACTERS}`);
    return [name, value];
  });
  const attributes = Object.fromEntries(entries);
  const { email } = attributes;
  if (email !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
    throw new AwsError('InvalidParameterException', 'Invalid email address format.');
  }
  return attributes;
}

/** @throws AwsError AliasExistsException when somebody else has the address as alias. */
export function requireFreeAlias(service: CognitoService, pool: UserPool, { sub, attributes }: PoolUser): void {
  const { email } = attributes;
  const owner = email === undefined ? undefined : service.ownerOfAlias(pool, email);
  if (owner && owner.sub !== sub) {
    throw new AwsError('AliasExistsException', 'An account with the email already exists.');
  }
}

/** The user with other attributes. A new address is unverified, unless it is said to be verified. */
export function withAttributes(user: PoolUser, attributes: Readonly<Record<string, string>>): PoolUser {
  const { email: before, ...others } = user.attributes;
  const { email = before } = attributes;
  if (email === before) return { ...user, attributes: { ...user.attributes, ...attributes } };
  const formerEmails = before === undefined ? user.formerEmails : [...new Set([...user.formerEmails, before])];
  return { ...user, formerEmails, attributes: { ...others, email_verified: 'false', ...attributes } };
}

export function listedAttributes({ sub, attributes }: PoolUser): JsonObject[] {
  return Object.entries({ sub, ...attributes }).map(([Name, Value]) => ({ Name, Value }));
}

function nonconforming(why: string): AwsError {
  return new AwsError('InvalidParameterException', `Attributes did not conform to the schema: ${why}`);
}
