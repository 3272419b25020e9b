import { randomInt } from 'node:crypto';

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const UPPERCASE = LOWERCASE.toUpperCase();
const NUMBERS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** Members as of GetRandomPassword and of `GenerateSecretString` of AWS::SecretsManager::Secret. */
export interface PasswordRules {
  readonly PasswordLength?: number;
  readonly ExcludeCharacters?: string;
  readonly ExcludeLowercase?: boolean;
  readonly ExcludeUppercase?: boolean;
  readonly ExcludeNumbers?: boolean;
  readonly ExcludePunctuation?: boolean;
  readonly IncludeSpace?: boolean;
  readonly RequireEachIncludedType?: boolean;
}

/** The longest password, and the most characters to exclude (API reference, GetRandomPassword). */
const MAX_LENGTH = 4096;

/** A password by AWS's rules: 32 characters of every kind unless told otherwise. @throws RangeError if impossible. */
export function randomPassword(rules: PasswordRules = {}): string {
  const kinds = allowedKinds(rules);
  const length = lengthOf(rules);
  const all = kinds.join('');
  if (all === '') throw new RangeError('Every kind of character is excluded from the password.');
  const required = rules.RequireEachIncludedType === false ? [] : kinds.map(pick);
  if (required.length > length) throw new RangeError('The password is too short for every required kind.');
  const characters = [...required, ...Array.from({ length: length - required.length }, () => pick(all))];
  return shuffle(characters).join('');
}

function lengthOf({ PasswordLength: length = 32, ExcludeCharacters: excluded = '' }: PasswordRules): number {
  if (!Number.isInteger(Number(length)) || Number(length) < 1 || Number(length) > MAX_LENGTH) {
    throw new RangeError(`PasswordLength must be a whole number from 1 to ${MAX_LENGTH}.`);
  }
  if (excluded.length > MAX_LENGTH)
    throw new RangeError(`ExcludeCharacters must have at most ${MAX_LENGTH} characters.`);
  return Number(length);
}

function allowedKinds(rules: PasswordRules): string[] {
  const excluded = new Set(rules.ExcludeCharacters ?? '');
  return [
    isTrue(rules.ExcludeLowercase) ? '' : LOWERCASE,
    isTrue(rules.ExcludeUppercase) ? '' : UPPERCASE,
    isTrue(rules.ExcludeNumbers) ? '' : NUMBERS,
    isTrue(rules.ExcludePunctuation) ? '' : PUNCTUATION,
    isTrue(rules.IncludeSpace) ? ' ' : '',
  ]
    .map((kind) => [...kind].filter((character) => !excluded.has(character)).join(''))
    .filter((kind) => kind !== '');
}

/** Templates carry booleans also as text. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

function pick(characters: string): string {
  return characters.charAt(randomInt(characters.length));
}

function shuffle(characters: string[]): string[] {
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] as string, characters[last] as string];
  }
  return characters;
}
