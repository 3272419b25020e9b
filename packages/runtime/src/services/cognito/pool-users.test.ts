import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { attributes, EMAIL, HOUR_MS, PASSWORD, PoolUnderTest } from './testing/pool-under-test.ts';

const pool = new PoolUnderTest();
beforeAll(() => pool.make());
afterAll(() => pool.remove());
beforeEach(() => pool.begin());
afterEach(() => pool.end());

describe('a password', () => {
  test('is changed by its user, and by who forgot it', async () => {
    const { AccessToken } = await pool.aCustomer();
    const change = { AccessToken, PreviousPassword: PASSWORD, ProposedPassword: 'Second-password-2' };
    expect(await pool.call('ChangePassword', { ...change, PreviousPassword: 'x' })).toMatch(/^NotAuthorizedException/);
    expect(await pool.call('ChangePassword', { ...change, ProposedPassword: 'x' })).toMatch(
      /^InvalidPasswordException/,
    );
    expect(await pool.call('ChangePassword', change)).toEqual({});
    expect(await pool.signIn('carla')).toMatch(/^NotAuthorizedException/);
    await pool.call('ForgotPassword', { ClientId: pool.clientId, Username: EMAIL });
    const recover = {
      ClientId: pool.clientId,
      Username: EMAIL,
      ConfirmationCode: pool.lastCode(),
      Password: 'Third-password-3',
    };
    expect(await pool.call('ConfirmForgotPassword', recover)).toEqual({});
    expect(await pool.call('ConfirmForgotPassword', recover)).toMatch(/^ExpiredCodeException/);
    expect(await pool.signIn('carla', 'Third-password-3')).toHaveProperty('AuthenticationResult');
  });

  test('is not guessed: six wrong ones lock for seconds that double, the right one too', async () => {
    await pool.aCustomer();
    for (let guess = 1; guess <= 6; guess += 1) {
      expect(await pool.signIn('carla', `wrong-${guess}`)).toMatch(/Incorrect username or password|exceeded/);
      if (guess === 5) await pool.clock.advanceBy(1000);
    }
    expect(await pool.signIn('carla')).toBe('NotAuthorizedException: Password attempts exceeded');
    await pool.clock.advanceBy(1999);
    expect(await pool.signIn('carla')).toBe('NotAuthorizedException: Password attempts exceeded');
    await pool.clock.advanceBy(1);
    expect(await pool.signIn('carla')).toHaveProperty('AuthenticationResult');
    expect(await pool.signIn('carla', 'wrong')).toMatch(/Incorrect/);
  });

  test('of an administrator’s hand is the user’s to change, within a week', async () => {
    const create = { UserPoolId: pool.userPoolId, Username: 'nora', UserAttributes: attributes('nora@example.com') };
    expect(await pool.call('AdminCreateUser', create)).toMatchObject({ User: { UserStatus: 'FORCE_CHANGE_PASSWORD' } });
    const [, temporary = ''] = /temporary password is (.+)\.$/.exec(pool.mails.at(-1)?.text ?? '') ?? [];
    const challenge = await pool.signIn('nora', temporary);
    expect(challenge).toMatchObject({ ChallengeName: 'NEW_PASSWORD_REQUIRED', Session: expect.any(String) });
    const answer = (NEW_PASSWORD: string) =>
      pool.call('RespondToAuthChallenge', {
        ClientId: pool.clientId,
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        Session: challenge.Session,
        ChallengeResponses: { USERNAME: 'nora', NEW_PASSWORD },
      });
    expect(await answer('weak')).toMatch(/^InvalidPasswordException/);
    expect(await answer(PASSWORD)).toHaveProperty('AuthenticationResult.RefreshToken');
    expect(await answer(PASSWORD)).toMatch(/^NotAuthorizedException: Invalid session/);
    expect(await pool.signIn('nora')).toHaveProperty('AuthenticationResult');
    await pool.call('AdminSetUserPassword', {
      UserPoolId: pool.userPoolId,
      Username: 'nora',
      Password: 'Temporary-pass-1',
    });
    await pool.clock.advanceBy(7 * 24 * HOUR_MS);
    expect(await pool.signIn('nora', 'Temporary-pass-1')).toMatch(/Temporary password has expired/);
  });
});

describe('an administrator', () => {
  test('makes somebody an operator, and takes it back', async () => {
    const { RefreshToken } = await pool.aCustomer();
    const member = { UserPoolId: pool.userPoolId, Username: EMAIL, GroupName: 'admin' };
    expect(await pool.call('AdminAddUserToGroup', member)).toEqual({});
    const refresh = {
      ClientId: pool.clientId,
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      AuthParameters: { REFRESH_TOKEN: RefreshToken },
    };
    const groupsNow = async () =>
      decodeJwt((await pool.call('InitiateAuth', refresh)).AuthenticationResult.AccessToken)['cognito:groups'];
    expect(await groupsNow()).toEqual(['admin']);
    expect(await pool.call('AdminRemoveUserFromGroup', member)).toEqual({});
    expect(await groupsNow()).toBeUndefined();
    expect(await pool.call('AdminAddUserToGroup', { ...member, GroupName: 'x' })).toMatch(/^ResourceNotFoundException/);
    expect(await pool.call('AdminAddUserToGroup', { ...member, Username: 'x' })).toMatch(/^UserNotFoundException/);
  });

  test('finds users by address', async () => {
    await pool.aCustomer();
    const find = (Filter: string) => pool.call('ListUsers', { UserPoolId: pool.userPoolId, Filter });
    expect((await find(`email = "${EMAIL}"`)).Users).toMatchObject([{ Username: 'carla', UserStatus: 'CONFIRMED' }]);
    expect((await find('email ^= "can"')).Users).toHaveLength(1);
    expect((await find('email = "other@example.com"')).Users).toEqual([]);
    expect(await find('email > 5')).toBe('InvalidParameterException: Error while parsing filter condition.');
  });

  test('shuts a user out, and lets it in again', async () => {
    const { RefreshToken } = await pool.aCustomer();
    const user = { UserPoolId: pool.userPoolId, Username: 'carla' };
    await pool.call('AdminDisableUser', user);
    expect(await pool.signIn('carla')).toBe('NotAuthorizedException: User is disabled.');
    const refresh = {
      ClientId: pool.clientId,
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      AuthParameters: { REFRESH_TOKEN: RefreshToken },
    };
    expect(await pool.call('InitiateAuth', refresh)).toMatch(/^NotAuthorizedException/);
    await pool.call('AdminEnableUser', user);
    expect(await pool.signIn('carla')).toHaveProperty('AuthenticationResult');
  });
});

describe('signing out everywhere', () => {
  test('ends refresh tokens, and the token for what one does with the own account', async () => {
    const { AccessToken, RefreshToken } = await pool.aCustomer();
    expect(await pool.call('GetUser', { AccessToken })).toMatchObject({ Username: 'carla' });
    expect(await pool.call('GlobalSignOut', { AccessToken })).toEqual({});
    expect(await pool.call('GetUser', { AccessToken })).toBe('NotAuthorizedException: Access Token has been revoked');
    const refresh = {
      ClientId: pool.clientId,
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      AuthParameters: { REFRESH_TOKEN: RefreshToken },
    };
    expect(await pool.call('InitiateAuth', refresh)).toMatch(/^NotAuthorizedException/);
  });

  test('of one session is the revocation of its refresh token', async () => {
    const { RefreshToken } = await pool.aCustomer();
    expect(await pool.call('RevokeToken', { ClientId: pool.clientId, Token: RefreshToken })).toEqual({});
    const refresh = {
      ClientId: pool.clientId,
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      AuthParameters: { REFRESH_TOKEN: RefreshToken },
    };
    expect(await pool.call('InitiateAuth', refresh)).toMatch(/^NotAuthorizedException/);
  });
});

describe('a deleted user', () => {
  test.each([
    ['by the own token', async (AccessToken: string) => pool.call('DeleteUser', { AccessToken })],
    ['by an administrator', async () => pool.call('AdminDeleteUser', { UserPoolId: pool.userPoolId, Username: EMAIL })],
  ])('%s is gone with its sessions and its mails, those to former addresses too', async (_how, remove) => {
    const { AccessToken, RefreshToken } = await pool.aCustomer();
    await pool.call('UpdateUserAttributes', { AccessToken, UserAttributes: attributes('new@example.com') });
    if (_how === 'by an administrator') {
      await pool.call('VerifyUserAttribute', { AccessToken, AttributeName: 'email', Code: pool.lastCode() });
      await pool.call('UpdateUserAttributes', { AccessToken, UserAttributes: attributes(EMAIL) });
      await pool.call('VerifyUserAttribute', { AccessToken, AttributeName: 'email', Code: pool.lastCode() });
    }
    expect(await remove(AccessToken)).toEqual({});
    expect(pool.forgotten.toSorted()).toEqual(expect.arrayContaining([EMAIL, 'new@example.com']));
    expect(await pool.signIn('carla')).toBe('NotAuthorizedException: Incorrect username or password.');
    expect(await pool.call('GetUser', { AccessToken })).toMatch(/^UserNotFoundException/);
    const refresh = {
      ClientId: pool.clientId,
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      AuthParameters: { REFRESH_TOKEN: RefreshToken },
    };
    expect(await pool.call('InitiateAuth', refresh)).toMatch(/^NotAuthorizedException/);
    expect(await pool.call('AdminDeleteUser', { UserPoolId: pool.userPoolId, Username: 'carla' })).toMatch(
      /^UserNotFoundException/,
    );
    expect(await pool.signUp('carla')).toHaveProperty('UserSub');
  });

  test('that was brought along stays away after a restart; one that is not brought any more is not there', async () => {
    expect(await pool.signIn('demo', 'Demo-password-1')).toHaveProperty('AuthenticationResult');
    await pool.close();
    await pool.open([]);
    expect((await pool.call('ListUsers', { UserPoolId: pool.userPoolId })).Users).toEqual([]);
    expect(await pool.signIn('demo', 'Demo-password-1')).toMatch(/^NotAuthorizedException/);
    await pool.close();
    await pool.open();
    await pool.call('AdminDeleteUser', { UserPoolId: pool.userPoolId, Username: 'demo' });
    await pool.close();
    await pool.open();
    expect((await pool.call('ListUsers', { UserPoolId: pool.userPoolId })).Users).toEqual([]);
  });
});
