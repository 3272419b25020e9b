import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@order-workflow/states-language/clock';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Journal } from '../../store/journal.ts';
import type { PlainMail } from '../shared/ports/mails.ts';
import { callJson, type JsonAnswer as Answer } from '../testing/call-json.ts';
import { serveAws } from '../testing/serve-aws.ts';
import { declare, testStack } from '../testing/test-stack.ts';
import { cognitoApi } from './cognito-api.ts';
import { CognitoService } from './cognito-service.ts';
import { cognitoResourceTypes } from './resource-types.ts';

const HOUR_MS = 3_600_000;
const PASSWORD = 'Correct-horse-9';
const EMAIL = 'canary@example.com';
const brought = [
  { username: 'demo', sub: 'demo', groups: ['admin'], password: 'Demo-password-1', email: 'd@example.com' },
];

let folder: string;
let journal: Journal;
let clock: ManualClock;
let service: CognitoService;
let server: Awaited<ReturnType<typeof serveAws>>;
let UserPoolId: string;
let ClientId: string;
let mails: PlainMail[];
let forgotten: string[];

/** A new pool's key takes a second to find: all tests begin with the folder of one pool. */
let newPool: string;

beforeAll(async () => {
  folder = newPool = mkdtempSync(join(tmpdir(), 'pool-users-'));
  clock = new ManualClock(0);
  await open();
  await close();
});
afterAll(() => rmSync(newPool, { recursive: true }));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pool-users-'));
  cpSync(newPool, folder, { recursive: true });
  clock = new ManualClock(Date.UTC(2026, 0, 1));
  [mails, forgotten] = [[], []];
  await open();
});
afterEach(async () => {
  await close();
  rmSync(folder, { recursive: true });
});

/** The pool of a shop: a verified address stands for the name of its user. */
async function open(users = brought, pool: object = {}): Promise<void> {
  journal = new Journal(join(folder, 'journal.sqlite'));
  const capture = async (mail: PlainMail): Promise<string> => String(mails.push(mail));
  const captured = { capture, forget: (addresses: readonly string[]) => void forgotten.push(...addresses) };
  service = new CognitoService({ journal, clock, stack: testStack, users, mails: captured });
  server = await serveAws({ json: [cognitoApi(service)] });
  const types = cognitoResourceTypes(service);
  const rules = {
    AliasAttributes: ['email'],
    AutoVerifiedAttributes: ['email'],
    Policies: {
      PasswordPolicy: { MinimumLength: 12, RequireUppercase: true, RequireNumbers: true, RequireSymbols: true },
    },
    VerificationMessageTemplate: { EmailSubject: 'Your code', EmailMessage: 'It is {####}' },
    ...pool,
  };
  ({ ref: UserPoolId } = await declare(types, 'AWS::Cognito::UserPool', 'Pool', rules));
  const client = { UserPoolId, ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'], PreventUserExistenceErrors: 'ENABLED' };
  ({ ref: ClientId } = await declare(types, 'AWS::Cognito::UserPoolClient', 'Web', client));
  await declare(types, 'AWS::Cognito::UserPoolGroup', 'Admin', { UserPoolId, GroupName: 'admin' });
}

async function close(): Promise<void> {
  await server.close();
  journal.close();
}

/** @returns the answer, or the name of the error and its message. */
async function call(operation: string, input: object): Promise<Answer> {
  const { status, body } = await callJson(server.url, `AWSCognitoIdentityProviderService.${operation}`, input);
  return status === 200 ? body : `${body.__type}: ${body.message}`;
}

const attributes = (email: string) => [{ Name: 'email', Value: email }];
const signUp = (Username: string, email = EMAIL, Password = PASSWORD) =>
  call('SignUp', { ClientId, Username, Password, UserAttributes: attributes(email) });
const confirm = (Username: string, ConfirmationCode = lastCode()) =>
  call('ConfirmSignUp', { ClientId, Username, ConfirmationCode });
const signIn = (USERNAME: string, password = PASSWORD) =>
  call('InitiateAuth', { ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { USERNAME, PASSWORD: password } });
const lastCode = () => /\d{6}/.exec(mails.at(-1)?.text ?? '')?.[0] ?? '';
/** Never the right one. */
const wrongCode = () => String((Number(lastCode()) + 1) % 1_000_000).padStart(6, '0');

async function aCustomer(username = 'carla', email = EMAIL): Promise<{ AccessToken: string; RefreshToken: string }> {
  await signUp(username, email);
  await confirm(username);
  return (await signIn(username)).AuthenticationResult;
}

describe('a sign-up', () => {
  test('is confirmed by the code of a mail; then its address signs in', async () => {
    expect(await signUp('carla')).toEqual({
      UserConfirmed: false,
      UserSub: expect.stringMatching(/^[0-9a-f-]{36}$/),
      CodeDeliveryDetails: { Destination: 'c***@e***', DeliveryMedium: 'EMAIL', AttributeName: 'email' },
    });
    expect(mails).toEqual([
      { from: 'no-reply@verificationemail.com', to: EMAIL, subject: 'Your code', text: `It is ${lastCode()}` },
    ]);
    expect(await signIn('carla')).toBe('UserNotConfirmedException: User is not confirmed.');
    expect(await signIn(EMAIL)).toBe('NotAuthorizedException: Incorrect username or password.');
    expect(await confirm('carla')).toEqual({});
    const { AccessToken, IdToken } = (await signIn(EMAIL.toUpperCase())).AuthenticationResult;
    expect(decodeJwt(IdToken)).toMatchObject({ email: EMAIL, email_verified: true, 'cognito:username': 'carla' });
    expect(decodeJwt(AccessToken)).not.toHaveProperty('cognito:groups');
  });

  test('outlives a restart, between each of its steps', async () => {
    await signUp('carla');
    await close();
    await open();
    await confirm('carla');
    await close();
    await open();
    expect(await signIn(EMAIL)).toHaveProperty('AuthenticationResult');
  });

  test('leaves neither password nor code in the data folder', async () => {
    await aCustomer();
    await signUp('other', 'o@example.com');
    await journal.flushed();
    const kept = ['journal.sqlite', 'journal.sqlite-wal'].map((name) => readFileSync(join(folder, name)));
    expect(kept.some((bytes) => bytes.includes('o@example.com'))).toBe(true);
    for (const secret of [PASSWORD, `"${lastCode()}"`]) {
      expect(kept.some((bytes) => bytes.includes(secret))).toBe(false);
    }
  });

  test.each([
    ['a taken name', { Username: 'demo' }, 'UsernameExistsException: User already exists'],
    ['a name with the form of an address', { Username: 'a@b.de' }, /^InvalidParameterException: Username cannot be of/],
    ['a name with a space', { Username: 'a b' }, /^InvalidParameterException/],
    ['a short password', { Password: 'Short-1' }, /^InvalidPasswordException: .*: Password not long enough$/],
    [
      'a password without capital',
      { Password: 'correct-horse-9' },
      /^InvalidPasswordException: .* uppercase characters$/,
    ],
    ['a password without digit', { Password: 'Correct-horse-x' }, /^InvalidPasswordException: .* numeric characters$/],
    ['a password without symbol', { Password: 'CorrectHorse99' }, /^InvalidPasswordException: .* symbol characters$/],
    ['a password of 257 characters', { Password: `Aa-1${'x'.repeat(253)}` }, /^InvalidPasswordException/],
    [
      'no address',
      { UserAttributes: attributes('nowhere') },
      'InvalidParameterException: Invalid email address format.',
    ],
    [
      'an address that claims to be verified',
      { UserAttributes: [{ Name: 'email_verified', Value: 'true' }] },
      'NotAuthorizedException: A client attempted to write unauthorized attribute',
    ],
    [
      'an attribute that no pool has',
      { UserAttributes: [{ Name: 'x', Value: '' }] },
      /^InvalidParameterException: Attr/,
    ],
    ['an unknown client', { ClientId: 'x' }, 'ResourceNotFoundException: User pool client does not exist.'],
  ])('with %s is refused, and nobody is written or mailed', async (_why, change, refusal) => {
    const request = { ClientId, Username: 'carla', Password: PASSWORD, UserAttributes: attributes(EMAIL) };
    expect(await call('SignUp', { ...request, ...change })).toMatch(refusal);
    expect(mails).toEqual([]);
    expect((await call('ListUsers', { UserPoolId })).Users).toHaveLength(1);
  });

  test('is for administrators alone where the pool says so', async () => {
    await close();
    await open(brought, { AdminCreateUserConfig: { AllowAdminCreateUserOnly: 'true' } });
    expect(await signUp('carla')).toBe('NotAuthorizedException: SignUp is not permitted for this user pool');
  });

  test('of the same name twice at once makes one user', async () => {
    const answers = await Promise.all([signUp('carla'), signUp('carla', 'other@example.com')]);
    expect(answers.filter((answer) => answer === 'UsernameExistsException: User already exists')).toHaveLength(1);
  });
});

describe('a code', () => {
  test('that is wrong, expired, used or of nobody is refused', async () => {
    await signUp('carla');
    expect(await confirm('carla', wrongCode())).toMatch(/^CodeMismatchException: Invalid verification code provided/);
    expect(await confirm('nobody', '123456')).toMatch(/^ExpiredCodeException: Invalid code provided/);
    await clock.advanceBy(24 * HOUR_MS);
    expect(await confirm('carla')).toMatch(/^ExpiredCodeException/);
    await call('ResendConfirmationCode', { ClientId, Username: 'carla' });
    expect(await confirm('carla')).toEqual({});
    expect(await confirm('carla')).toBe(
      'NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED',
    );
    expect(await call('ResendConfirmationCode', { ClientId, Username: 'carla' })).toBe(
      'InvalidParameterException: User is already confirmed.',
    );
  });

  test('is replaced by the next one', async () => {
    await signUp('carla');
    const first = lastCode();
    await call('ResendConfirmationCode', { ClientId, Username: 'carla' });
    expect(await confirm('carla', first === lastCode() ? wrongCode() : first)).toMatch(/^CodeMismatchException/);
    expect(await confirm('carla')).toEqual({});
  });

  test('is not guessed: after five wrong ones the right one is refused too', async () => {
    await signUp('carla');
    for (let guess = 0; guess < 5; guess += 1) await confirm('carla', wrongCode());
    expect(await confirm('carla')).toMatch(/^LimitExceededException: Attempt limit exceeded/);
  });

  test('is mailed five times an hour, and again in the next one', async () => {
    await signUp('carla');
    const resend = () => call('ResendConfirmationCode', { ClientId, Username: 'carla' });
    for (let sent = 1; sent < 5; sent += 1) expect(await resend()).toHaveProperty('CodeDeliveryDetails');
    expect(await resend()).toMatch(/^LimitExceededException/);
    expect(mails).toHaveLength(5);
    await clock.advanceBy(HOUR_MS);
    expect(await resend()).toHaveProperty('CodeDeliveryDetails');
  });

  test('for nobody looks like one for somebody, and no mail is sent', async () => {
    expect(await call('ResendConfirmationCode', { ClientId, Username: 'nobody' })).toHaveProperty(
      'CodeDeliveryDetails',
    );
    expect(await call('ForgotPassword', { ClientId, Username: 'nobody' })).toHaveProperty('CodeDeliveryDetails');
    expect(mails).toEqual([]);
  });
});

describe('an address', () => {
  test('is one user’s: a second one cannot confirm it, unless it takes the alias over', async () => {
    await aCustomer('first');
    await signUp('second');
    expect(await confirm('second')).toBe('AliasExistsException: An account with the email already exists.');
    expect((await signIn(EMAIL)).AuthenticationResult).toBeDefined();
    const ConfirmationCode = lastCode();
    const forced = { ClientId, Username: 'second', ConfirmationCode, ForceAliasCreation: true };
    expect(await call('ConfirmSignUp', forced)).toEqual({});
    const { IdToken } = (await signIn(EMAIL)).AuthenticationResult;
    expect(decodeJwt(IdToken)['cognito:username']).toBe('second');
  });

  test('that changes must be verified anew, and signs in from then on', async () => {
    const { AccessToken } = await aCustomer();
    const UserAttributes = attributes('new@example.com');
    expect(await call('UpdateUserAttributes', { AccessToken, UserAttributes })).toMatchObject({
      CodeDeliveryDetailsList: [{ Destination: 'n***@e***' }],
    });
    expect(mails.at(-1)?.to).toBe('new@example.com');
    expect(await signIn('new@example.com')).toMatch(/^NotAuthorizedException/);
    const verify = (Code: string) => call('VerifyUserAttribute', { AccessToken, AttributeName: 'email', Code });
    expect(await verify(wrongCode())).toMatch(/^CodeMismatchException/);
    expect(await verify(lastCode())).toEqual({});
    expect(await signIn('new@example.com')).toHaveProperty('AuthenticationResult');
    expect(await signIn(EMAIL)).toMatch(/^NotAuthorizedException/);
  });
});

describe('a password', () => {
  test('is changed by its user, and by who forgot it', async () => {
    const { AccessToken } = await aCustomer();
    const change = { AccessToken, PreviousPassword: PASSWORD, ProposedPassword: 'Second-password-2' };
    expect(await call('ChangePassword', { ...change, PreviousPassword: 'x' })).toMatch(/^NotAuthorizedException/);
    expect(await call('ChangePassword', { ...change, ProposedPassword: 'x' })).toMatch(/^InvalidPasswordException/);
    expect(await call('ChangePassword', change)).toEqual({});
    expect(await signIn('carla')).toMatch(/^NotAuthorizedException/);
    await call('ForgotPassword', { ClientId, Username: EMAIL });
    const recover = { ClientId, Username: EMAIL, ConfirmationCode: lastCode(), Password: 'Third-password-3' };
    expect(await call('ConfirmForgotPassword', recover)).toEqual({});
    expect(await call('ConfirmForgotPassword', recover)).toMatch(/^ExpiredCodeException/);
    expect(await signIn('carla', 'Third-password-3')).toHaveProperty('AuthenticationResult');
  });

  test('is not guessed: six wrong ones lock for seconds that double, the right one too', async () => {
    await aCustomer();
    for (let guess = 1; guess <= 6; guess += 1) {
      expect(await signIn('carla', `wrong-${guess}`)).toMatch(/Incorrect username or password|exceeded/);
      if (guess === 5) await clock.advanceBy(1000);
    }
    expect(await signIn('carla')).toBe('NotAuthorizedException: Password attempts exceeded');
    await clock.advanceBy(1999);
    expect(await signIn('carla')).toBe('NotAuthorizedException: Password attempts exceeded');
    await clock.advanceBy(1);
    expect(await signIn('carla')).toHaveProperty('AuthenticationResult');
    expect(await signIn('carla', 'wrong')).toMatch(/Incorrect/);
  });

  test('of an administrator’s hand is the user’s to change, within a week', async () => {
    const create = { UserPoolId, Username: 'nora', UserAttributes: attributes('nora@example.com') };
    expect(await call('AdminCreateUser', create)).toMatchObject({ User: { UserStatus: 'FORCE_CHANGE_PASSWORD' } });
    const [, temporary = ''] = /temporary password is (.+)\.$/.exec(mails.at(-1)?.text ?? '') ?? [];
    const challenge = await signIn('nora', temporary);
    expect(challenge).toMatchObject({ ChallengeName: 'NEW_PASSWORD_REQUIRED', Session: expect.any(String) });
    const answer = (NEW_PASSWORD: string) =>
      call('RespondToAuthChallenge', {
        ClientId,
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        Session: challenge.Session,
        ChallengeResponses: { USERNAME: 'nora', NEW_PASSWORD },
      });
    expect(await answer('weak')).toMatch(/^InvalidPasswordException/);
    expect(await answer(PASSWORD)).toHaveProperty('AuthenticationResult.RefreshToken');
    expect(await answer(PASSWORD)).toMatch(/^NotAuthorizedException: Invalid session/);
    expect(await signIn('nora')).toHaveProperty('AuthenticationResult');
    await call('AdminSetUserPassword', { UserPoolId, Username: 'nora', Password: 'Temporary-pass-1' });
    await clock.advanceBy(7 * 24 * HOUR_MS);
    expect(await signIn('nora', 'Temporary-pass-1')).toMatch(/Temporary password has expired/);
  });
});

describe('an administrator', () => {
  test('makes somebody an operator, and takes it back', async () => {
    const { RefreshToken } = await aCustomer();
    const member = { UserPoolId, Username: EMAIL, GroupName: 'admin' };
    expect(await call('AdminAddUserToGroup', member)).toEqual({});
    const refresh = { ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: RefreshToken } };
    const groupsNow = async () =>
      decodeJwt((await call('InitiateAuth', refresh)).AuthenticationResult.AccessToken)['cognito:groups'];
    expect(await groupsNow()).toEqual(['admin']);
    expect(await call('AdminRemoveUserFromGroup', member)).toEqual({});
    expect(await groupsNow()).toBeUndefined();
    expect(await call('AdminAddUserToGroup', { ...member, GroupName: 'x' })).toMatch(/^ResourceNotFoundException/);
    expect(await call('AdminAddUserToGroup', { ...member, Username: 'x' })).toMatch(/^UserNotFoundException/);
  });

  test('finds users by address', async () => {
    await aCustomer();
    const find = (Filter: string) => call('ListUsers', { UserPoolId, Filter });
    expect((await find(`email = "${EMAIL}"`)).Users).toMatchObject([{ Username: 'carla', UserStatus: 'CONFIRMED' }]);
    expect((await find('email ^= "can"')).Users).toHaveLength(1);
    expect((await find('email = "other@example.com"')).Users).toEqual([]);
    expect(await find('email > 5')).toBe('InvalidParameterException: Error while parsing filter condition.');
  });

  test('shuts a user out, and lets it in again', async () => {
    const { RefreshToken } = await aCustomer();
    const user = { UserPoolId, Username: 'carla' };
    await call('AdminDisableUser', user);
    expect(await signIn('carla')).toBe('NotAuthorizedException: User is disabled.');
    const refresh = { ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: RefreshToken } };
    expect(await call('InitiateAuth', refresh)).toMatch(/^NotAuthorizedException/);
    await call('AdminEnableUser', user);
    expect(await signIn('carla')).toHaveProperty('AuthenticationResult');
  });
});

describe('signing out everywhere', () => {
  test('ends refresh tokens, and the token for what one does with the own account', async () => {
    const { AccessToken, RefreshToken } = await aCustomer();
    expect(await call('GetUser', { AccessToken })).toMatchObject({ Username: 'carla' });
    expect(await call('GlobalSignOut', { AccessToken })).toEqual({});
    expect(await call('GetUser', { AccessToken })).toBe('NotAuthorizedException: Access Token has been revoked');
    const refresh = { ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: RefreshToken } };
    expect(await call('InitiateAuth', refresh)).toMatch(/^NotAuthorizedException/);
  });

  test('of one session is the revocation of its refresh token', async () => {
    const { RefreshToken } = await aCustomer();
    expect(await call('RevokeToken', { ClientId, Token: RefreshToken })).toEqual({});
    const refresh = { ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: RefreshToken } };
    expect(await call('InitiateAuth', refresh)).toMatch(/^NotAuthorizedException/);
  });
});

describe('a deleted user', () => {
  test.each([
    ['by the own token', async (AccessToken: string) => call('DeleteUser', { AccessToken })],
    ['by an administrator', async () => call('AdminDeleteUser', { UserPoolId, Username: EMAIL })],
  ])('%s is gone with its sessions and its mails, those to former addresses too', async (_how, remove) => {
    const { AccessToken, RefreshToken } = await aCustomer();
    await call('UpdateUserAttributes', { AccessToken, UserAttributes: attributes('new@example.com') });
    if (_how === 'by an administrator') {
      await call('VerifyUserAttribute', { AccessToken, AttributeName: 'email', Code: lastCode() });
      await call('UpdateUserAttributes', { AccessToken, UserAttributes: attributes(EMAIL) });
      await call('VerifyUserAttribute', { AccessToken, AttributeName: 'email', Code: lastCode() });
    }
    expect(await remove(AccessToken)).toEqual({});
    expect(forgotten.toSorted()).toEqual(expect.arrayContaining([EMAIL, 'new@example.com']));
    expect(await signIn('carla')).toBe('NotAuthorizedException: Incorrect username or password.');
    expect(await call('GetUser', { AccessToken })).toMatch(/^UserNotFoundException/);
    const refresh = { ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: RefreshToken } };
    expect(await call('InitiateAuth', refresh)).toMatch(/^NotAuthorizedException/);
    expect(await call('AdminDeleteUser', { UserPoolId, Username: 'carla' })).toMatch(/^UserNotFoundException/);
    expect(await signUp('carla')).toHaveProperty('UserSub');
  });

  test('that was brought along stays away after a restart; one that is not brought any more is not there', async () => {
    expect(await signIn('demo', 'Demo-password-1')).toHaveProperty('AuthenticationResult');
    await close();
    await open([]);
    expect((await call('ListUsers', { UserPoolId })).Users).toEqual([]);
    expect(await signIn('demo', 'Demo-password-1')).toMatch(/^NotAuthorizedException/);
    await close();
    await open();
    await call('AdminDeleteUser', { UserPoolId, Username: 'demo' });
    await close();
    await open();
    expect((await call('ListUsers', { UserPoolId })).Users).toEqual([]);
  });
});
