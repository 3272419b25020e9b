import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { AwsError } from '../shared/aws-error.ts';
import type { PasswordPolicy } from './user-pool.ts';

const KEY_BYTES = 32;
const MAX_CHARACTERS = 256;
const hashOf = promisify<string, Buffer, number, Buffer>(scrypt);

/** Space counts as a symbol inside a password; its first and last character are none (Developer Guide, policies). */
const KINDS = {
  uppercase: /\p{Lu}/u,
  lowercase: /\p{Ll}/u,
  numeric: /\p{Nd}/u,
  symbol: /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/,
} as const satisfies Record<PasswordPolicy['requires'][number], RegExp>;

/** @throws AwsError InvalidPasswordException saying what is missing. */
export function requireConforming(password: string, { minLength, requires }: PasswordPolicy): void {
  const refuse = (why: string): never => {
    throw new AwsError('InvalidPasswordException', `Password did not conform with policy: ${why}`);
  };
  if (password.length < minLength) refuse('Password not long enough');
  if (password.length > MAX_CHARACTERS) refuse('Password too long');
  if (/^\s|\s$/.test(password)) refuse('Password must not begin or end with a space');
  for (const kind of requires) {
    if (!KINDS[kind].test(password)) refuse(`Password must have ${kind} characters`);
  }
}

/** A salted hash: nobody reads a password out of the data folder. */
export async function hashedPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString('base64')}:${(await hashOf(password, salt, KEY_BYTES)).toString('base64')}`;
}

export async function isPassword(hashed: string, password: string): Promise<boolean> {
  const [salt = '', hash = ''] = hashed.split(':');
  const given = await hashOf(password, Buffer.from(salt, 'base64'), KEY_BYTES);
  return timingSafeEqual(Buffer.from(hash, 'base64'), given);
}

/** Of twenty characters, which every policy takes that asks for no more. */
export function randomPassword(): string {
  const alphabets = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnpqrstuvwxyz', '23456789', '!#%+-=?_'];
  return Array.from({ length: 20 }, (_, index) => {
    const alphabet = alphabets[index % alphabets.length] ?? '';
    return alphabet.charAt(randomInt(alphabet.length));
  }).join('');
}
