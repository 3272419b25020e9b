import type { JsonObject } from '../../endpoint/aws-api.ts';
import type { PasswordPolicy, PoolRules } from './user-pool.ts';

/** What a pool asks for whose template says nothing (CreateUserPool, PasswordPolicyType). */
const REQUIREMENTS = {
  uppercase: 'RequireUppercase',
  lowercase: 'RequireLowercase',
  numeric: 'RequireNumbers',
  symbol: 'RequireSymbols',
} as const satisfies Record<PasswordPolicy['requires'][number], string>;

/** Words of a mail with a code, where the template has none. */
const VERIFICATION = { subject: 'Your verification code', text: 'Your verification code is {####}.' };

/** Reads the properties of `AWS::Cognito::UserPool`. */
export function poolRulesOf(properties: JsonObject): PoolRules {
  const template = properties['VerificationMessageTemplate'] ?? {};
  return {
    password: passwordPolicyOf(properties['Policies']?.PasswordPolicy),
    allowsSignUp: !isTrue(properties['AdminCreateUserConfig']?.AllowAdminCreateUserOnly),
    hasEmailAlias: (properties['AliasAttributes'] ?? []).includes('email'),
    verifiesEmail: (properties['AutoVerifiedAttributes'] ?? []).includes('email'),
    mfa: properties['MfaConfiguration'] ?? 'OFF',
    verification: {
      subject: template.EmailSubject ?? properties['EmailVerificationSubject'] ?? VERIFICATION.subject,
      text: template.EmailMessage ?? properties['EmailVerificationMessage'] ?? VERIFICATION.text,
    },
  };
}

function passwordPolicyOf(policy: JsonObject | undefined): PasswordPolicy {
  const requires = Object.entries(REQUIREMENTS).filter(([, name]) => policy === undefined || isTrue(policy[name]));
  return {
    minLength: Number(policy?.['MinimumLength'] ?? 8),
    requires: requires.map(([kind]) => kind as PasswordPolicy['requires'][number]),
    temporaryDays: Number(policy?.['TemporaryPasswordValidityDays'] ?? 7),
  };
}

/** Templates carry booleans also as text. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
