import { createHash, randomInt } from 'node:crypto';
import { AwsError } from '../shared/aws-error.ts';
import type { CognitoService, PoolMember } from './cognito-service.ts';
import type { CodePurpose, PoolUser } from './user-store.ts';

const HOUR_MS = 3_600_000;

/** How long a code is good (Developer Guide, "Quotas in Amazon Cognito", code validity). */
const VALID_MS: Readonly<Record<CodePurpose, number>> = {
  signUp: 24 * HOUR_MS,
  email: 24 * HOUR_MS,
  password: HOUR_MS,
};

/** AWS names such limits and not all their numbers; these are ours (docs/compatibility/cognito.md). */
const MAX_CODES_AN_HOUR = 5;
const MAX_FAILURES = 5;

/** Where a code went, as the API tells it. */
export interface CodeDelivery {
  readonly Destination: string;
  readonly DeliveryMedium: 'EMAIL';
  readonly AttributeName: 'email';
}

/**
 * Mails a new code to the user, in the place of an earlier one. @returns the user as it is saved.
 * @throws AwsError LimitExceededException.
 */
export async function sendCode(service: CognitoService, member: PoolMember, purpose: CodePurpose): Promise<PoolUser> {
  const { pool, user } = member;
  const nowMs = service.clock.nowMs();
  const sent = user.codesSentAtMs.filter((at) => at > nowMs - HOUR_MS);
  if (sent.length >= MAX_CODES_AN_HOUR) throw tooManyAttempts();
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  const codes = {
    ...user.codes,
    [purpose]: { digest: digestOf(user, code), expiresAtMs: nowMs + VALID_MS[purpose], failures: 0 },
  };
  const saved = await service.save(pool, { ...user, codes, codesSentAtMs: [...sent, nowMs] });
  const { subject, text } = pool.rules.verification;
  await service.mail(user.attributes['email'] ?? '', subject, text.replaceAll('{####}', code));
  return saved;
}

/**
 * The user without the code, which was the right one; for the caller to save.
 * @throws AwsError CodeMismatchException, ExpiredCodeException, LimitExceededException.
 */
export async function redeemCode(
  service: CognitoService,
  { pool, user }: PoolMember,
  purpose: CodePurpose,
  code: string,
): Promise<PoolUser> {
  const sent = user.codes[purpose];
  if (!sent || sent.expiresAtMs <= service.clock.nowMs()) throw expiredCode();
  if (sent.failures >= MAX_FAILURES) throw tooManyAttempts();
  if (sent.digest !== digestOf(user, code)) {
    const codes = { ...user.codes, [purpose]: { ...sent, failures: sent.failures + 1 } };
    await service.save(pool, { ...user, codes });
    throw new AwsError('CodeMismatchException', 'Invalid verification code provided, please try again.');
  }
  const { [purpose]: _redeemed, ...codes } = user.codes;
  return { ...user, codes };
}

export function expiredCode(): AwsError {
  return new AwsError('ExpiredCodeException', 'Invalid code provided, please request a code again.');
}

/** `a***@e***`, as the API shows an address. */
export function deliveryTo(address: string): CodeDelivery {
  const [local = '', domain = ''] = address.split('@');
  return {
    Destination: `${local.charAt(0)}***@${domain.charAt(0)}***`,
    DeliveryMedium: 'EMAIL',
    AttributeName: 'email',
  };
}

function tooManyAttempts(): AwsError {
  return new AwsError('LimitExceededException', 'Attempt limit exceeded, please try after some time.');
}

function digestOf({ sub }: PoolUser, code: string): string {
  return createHash('sha256').update(`${sub}:${code}`).digest('base64');
}
