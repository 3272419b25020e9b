import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { attributes, BROUGHT, EMAIL, HOUR_MS, PASSWORD, PoolUnderTest } from './testing/pool-under-test.ts';

const pool = new PoolUnderTest();
beforeAll(() => pool.make());
afterAll(() => pool.remove());
beforeEach(() => pool.begin());
afterEach(() => pool.end());

describe('a sign-up', () => {
  test('is confirmed by the code of a mail; then its address signs in', async () => {
    expect(await pool.signUp('carla')).toEqual({
      UserConfirmed: false,
      UserSub: expect.stringMatching(/^[0-9a-f-]{36}$/),
      CodeDeliveryDetails: { Destination: 'c***@e***', DeliveryMedium: 'EMAIL', AttributeName: 'email' },
    });
    expect(pool.mails).toEqual([
      { from: 'no-reply@verificationemail.com', to: EMAIL, subject: 'Your code', text: `It is ${pool.lastCode()}` },
    ]);
    expect(await pool.signIn('carla')).toBe('UserNotConfirmedException: User is not confirmed.');
    expect(await pool.signIn(EMAIL)).toBe('NotAuthorizedException: Incorrect username or password.');
    expect(await pool.confirm('carla')).toEqual({});
    const { AccessToken, IdToken } = (await pool.signIn(EMAIL.toUpperCase())).AuthenticationResult;
    expect(decodeJwt(IdToken)).toMatchObject({ email: EMAIL, email_verified: true, 'cognito:username': 'carla' });
    expect(decodeJwt(AccessToken)).not.toHaveProperty('cognito:groups');
  });

  test('outlives a restart, between each of its steps', async () => {
    await pool.signUp('carla');
    await pool.close();
    await pool.open();
    await pool.confirm('carla');
    await pool.close();
    await pool.open();
    expect(await pool.signIn(EMAIL)).toHaveProperty('AuthenticationResult');
  });

  test('leaves neither password nor code in the data folder', async () => {
    await pool.aCustomer();
    await pool.signUp('other', 'o@example.com');
    const kept = await pool.filesOnDisk();
    expect(kept.some((bytes) => bytes.includes('o@example.com'))).toBe(true);
    for (const secret of [PASSWORD, `"${pool.lastCode()}"`]) {
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
    const request = {
      ClientId: pool.clientId,
      Username: 'carla',
      Password: PASSWORD,
      UserAttributes: attributes(EMAIL),
    };
    expect(await pool.call('SignUp', { ...request, ...change })).toMatch(refusal);
    expect(pool.mails).toEqual([]);
    expect((await pool.call('ListUsers', { UserPoolId: pool.userPoolId })).Users).toHaveLength(1);
  });

  test('is for administrators alone where the pool says so', async () => {
    await pool.close();
    await pool.open(BROUGHT, { AdminCreateUserConfig: { AllowAdminCreateUserOnly: 'true' } });
    expect(await pool.signUp('carla')).toBe('NotAuthorizedException: SignUp is not permitted for this user pool');
  });

  test('of the same name twice at once makes one user', async () => {
    const answers = await Promise.all([pool.signUp('carla'), pool.signUp('carla', 'other@example.com')]);
    expect(answers.filter((answer) => answer === 'UsernameExistsException: User already exists')).toHaveLength(1);
  });
});

describe('a code', () => {
  test('that is wrong, expired, used or of nobody is refused', async () => {
    await pool.signUp('carla');
    expect(await pool.confirm('carla', pool.wrongCode())).toMatch(
      /^CodeMismatchException: Invalid verification code provided/,
    );
    expect(await pool.confirm('nobody', '123456')).toMatch(/^ExpiredCodeException: Invalid code provided/);
    await pool.clock.advanceBy(24 * HOUR_MS);
    expect(await pool.confirm('carla')).toMatch(/^ExpiredCodeException/);
    await pool.call('ResendConfirmationCode', { ClientId: pool.clientId, Username: 'carla' });
    expect(await pool.confirm('carla')).toEqual({});
    expect(await pool.confirm('carla')).toBe(
      'NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED',
    );
    expect(await pool.call('ResendConfirmationCode', { ClientId: pool.clientId, Username: 'carla' })).toBe(
      'InvalidParameterException: User is already confirmed.',
    );
  });

  test('is replaced by the next one', async () => {
    await pool.signUp('carla');
    const first = pool.lastCode();
    await pool.call('ResendConfirmationCode', { ClientId: pool.clientId, Username: 'carla' });
    expect(await pool.confirm('carla', first === pool.lastCode() ? pool.wrongCode() : first)).toMatch(
      /^CodeMismatchException/,
    );
    expect(await pool.confirm('carla')).toEqual({});
  });

  test('is not guessed: after five wrong ones the right one is refused too', async () => {
    await pool.signUp('carla');
    for (let guess = 0; guess < 5; guess += 1) await pool.confirm('carla', pool.wrongCode());
    expect(await pool.confirm('carla')).toMatch(/^LimitExceededException: Attempt limit exceeded/);
  });

  test('is mailed five times an hour, and again in the next one', async () => {
    await pool.signUp('carla');
    const resend = () => pool.call('ResendConfirmationCode', { ClientId: pool.clientId, Username: 'carla' });
    for (let sent = 1; sent < 5; sent += 1) expect(await resend()).toHaveProperty('CodeDeliveryDetails');
    expect(await resend()).toMatch(/^LimitExceededException/);
    expect(pool.mails).toHaveLength(5);
    await pool.clock.advanceBy(HOUR_MS);
    expect(await resend()).toHaveProperty('CodeDeliveryDetails');
  });

  test('for nobody looks like one for somebody, and no mail is sent', async () => {
    expect(await pool.call('ResendConfirmationCode', { ClientId: pool.clientId, Username: 'nobody' })).toHaveProperty(
      'CodeDeliveryDetails',
    );
    expect(await pool.call('ForgotPassword', { ClientId: pool.clientId, Username: 'nobody' })).toHaveProperty(
      'CodeDeliveryDetails',
    );
    expect(pool.mails).toEqual([]);
  });
});

describe('an address', () => {
  test('is one user’s: a second one cannot confirm it, unless it takes the alias over', async () => {
    await pool.aCustomer('first');
    await pool.signUp('second');
    expect(await pool.confirm('second')).toBe('AliasExistsException: An account with the email already exists.');
    expect((await pool.signIn(EMAIL)).AuthenticationResult).toBeDefined();
    const ConfirmationCode = pool.lastCode();
    const forced = { ClientId: pool.clientId, Username: 'second', ConfirmationCode, ForceAliasCreation: true };
    expect(await pool.call('ConfirmSignUp', forced)).toEqual({});
    const { IdToken } = (await pool.signIn(EMAIL)).AuthenticationResult;
    expect(decodeJwt(IdToken)['cognito:username']).toBe('second');
  });

  test('that changes must be verified anew, and signs in from then on', async () => {
    const { AccessToken } = await pool.aCustomer();
    const UserAttributes = attributes('new@example.com');
    expect(await pool.call('UpdateUserAttributes', { AccessToken, UserAttributes })).toMatchObject({
      CodeDeliveryDetailsList: [{ Destination: 'n***@e***' }],
    });
    expect(pool.mails.at(-1)?.to).toBe('new@example.com');
    expect(await pool.signIn('new@example.com')).toMatch(/^NotAuthorizedException/);
    const verify = (Code: string) => pool.call('VerifyUserAttribute', { AccessToken, AttributeName: 'email', Code });
    expect(await verify(pool.wrongCode())).toMatch(/^CodeMismatchException/);
    expect(await verify(pool.lastCode())).toEqual({});
    expect(await pool.signIn('new@example.com')).toHaveProperty('AuthenticationResult');
    expect(await pool.signIn(EMAIL)).toMatch(/^NotAuthorizedException/);
  });
});
