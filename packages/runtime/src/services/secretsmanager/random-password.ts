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

/** A password by AWS's rules: 32 characters of every kind unless told otherwise. @throws RangeError if impossible. */
export function randomPassword(rules: PasswordRules = {}): string {
  const kinds = allowedKinds(rules);
  const length = Number(rules.PasswordLength ?? 32);
  const all = kinds.join('');
  if (all === '') throw new RangeError('Every kind of character is excluded from the password.');
  const required = rules.RequireEachIncludedType === false ? [] : kinds.map(pick);
  if (required.length > length) throw new RangeError('The password is too short for every required kind.');
  const characters = [...required, ...Array.from({ length: length - required.length }, () => pick(all))];
  return shuffle(characters).join('');
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
