import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@order-workflow/states-language/clock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Journal } from '../../store/journal.ts';
import { callJson, type JsonAnswer as Answer } from '../testing/call-json.ts';
import { serveAws } from '../testing/serve-aws.ts';
import { declare, testStack } from '../testing/test-stack.ts';
import { cognitoApi } from './cognito-api.ts';
import { CognitoService } from './cognito-service.ts';
import { cognitoResourceTypes } from './resource-types.ts';
import { signInPages } from './sign-in-pages/sign-in-pages.ts';
import { codeAt } from './software-token.ts';

const PASSWORD = 'wonderland';
const users = ['alice', 'bob', 'carla', 'dora'].map((username) => ({
  username,
  sub: `${username}-1`,
  groups: [],
  password: PASSWORD,
}));
const CALLBACK = 'https://shop.test/';
const NAMES = { ON: 'Operators', OPTIONAL: 'Customers', OFF: 'Plain' } as const;
type Mfa = keyof typeof NAMES;

let folder: string;
let journal: Journal;
let clock: ManualClock;
let service: CognitoService;
let server: Awaited<ReturnType<typeof serveAws>>;
const pools = {} as Record<Mfa, { readonly UserPoolId: string; readonly ClientId: string }>;

// A new pool's key takes a second to find. Each test has a user, or a pool, of its own.
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'second-factor-'));
  clock = new ManualClock(Date.UTC(2026, 0, 1));
  journal = new Journal(join(folder, 'journal.sqlite'));
  service = new CognitoService({ journal, clock, stack: testStack, users });
  const types = cognitoResourceTypes(service);
  for (const mfa of ['ON', 'OPTIONAL', 'OFF'] as const) {
    const properties = { MfaConfiguration: mfa, ...(mfa !== 'OFF' && { EnabledMfas: ['SOFTWARE_TOKEN_MFA'] }) };
    const { ref: UserPoolId } = await declare(types, 'AWS::Cognito::UserPool', NAMES[mfa], properties);
    const client = {
      UserPoolId,
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid'],
      CallbackURLs: [CALLBACK],
    };
    const { ref: ClientId } = await declare(types, 'AWS::Cognito::UserPoolClient', `${NAMES[mfa]}Client`, client);
    pools[mfa] = { UserPoolId, ClientId };
  }
});
afterAll(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  server = await serveAws({ json: [cognitoApi(service)], rest: [signInPages(service)] });
});
afterEach(() => server.close());

/** @returns the answer, or the name of the error. */
async function call(operation: string, input: object): Promise<Answer> {
  const { status, body } = await callJson(server.url, `AWSCognitoIdentityProviderService.${operation}`, input);
  return status === 200 ? body : body.__type;
}

const signIn = (mfa: Mfa, USERNAME: string): Promise<Answer> => {
  const { ClientId } = pools[mfa];
  return call('InitiateAuth', { ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { USERNAME, PASSWORD } });
};
const respond = (mfa: Mfa, ChallengeName: string, Session: string, ChallengeResponses: object): Promise<Answer> =>
  call('RespondToAuthChallenge', { ClientId: pools[mfa].ClientId, ChallengeName, Session, ChallengeResponses });
const withCode = (mfa: Mfa, USERNAME: string, Session: string, SOFTWARE_TOKEN_MFA_CODE: string): Promise<Answer> =>
  respond(mfa, 'SOFTWARE_TOKEN_MFA', Session, { USERNAME, SOFTWARE_TOKEN_MFA_CODE });
const now = (secret: string): string => codeAt(secret, clock.nowMs());
const wrong = (secret: string): string => String((Number(now(secret)) + 1) % 1_000_000).padStart(6, '0');

/** Signs in for the first time, and sets an app up on the way. @returns its secret. */
async function setUp(username: string): Promise<string> {
  const { Session } = await signIn('ON', username);
  const { SecretCode, Session: offered } = await call('AssociateSoftwareToken', { Session });
  const verified = await call('VerifySoftwareToken', { Session: offered, UserCode: now(SecretCode) });
  const { AuthenticationResult } = await respond('ON', 'MFA_SETUP', verified.Session, { USERNAME: username });
  expect(AuthenticationResult.AccessToken).toEqual(expect.any(String));
  await clock.advanceBy(60_000);
  return SecretCode;
}

describe('a pool that requires a second factor', () => {
  test('gives no tokens for a password: the first sign-in sets an app up, and the next ones ask for its code', async () => {
    expect(await signIn('ON', 'alice')).toEqual({
      ChallengeName: 'MFA_SETUP',
      Session: expect.any(String),
      ChallengeParameters: { USER_ID_FOR_SRP: 'alice', MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' },
    });
    const secret = await setUp('alice');
    const { ChallengeName, Session } = await signIn('ON', 'alice');
    expect(ChallengeName).toBe('SOFTWARE_TOKEN_MFA');
    expect(await withCode('ON', 'alice', Session, wrong(secret))).toBe('CodeMismatchException');
    const code = now(secret);
    expect((await withCode('ON', 'alice', Session, code)).AuthenticationResult.TokenType).toBe('Bearer');
    expect(await withCode('ON', 'alice', Session, code)).toBe('NotAuthorizedException');
    const { UserPoolId } = pools.ON;
    expect(await call('AdminGetUser', { UserPoolId, Username: 'alice' })).toMatchObject({
      UserMFASettingList: ['SOFTWARE_TOKEN_MFA'],
    });

    // Whoever looked over a shoulder has no use of the code.
    const again = await signIn('ON', 'alice');
    expect(await withCode('ON', 'alice', again.Session, code)).toBe('ExpiredCodeException');
    await clock.advanceBy(30_000);
    expect((await withCode('ON', 'alice', again.Session, now(secret))).AuthenticationResult).toBeDefined();
  });

  test('takes five wrong codes, and the sixth needs the password again', async () => {
    const { Session } = await signIn('ON', 'alice');
    const given: string[] = [];
    for (let tries = 0; tries < 6; tries += 1) given.push(await withCode('ON', 'alice', Session, 'abcdef'));
    expect(given).toEqual([...Array.from({ length: 5 }, () => 'CodeMismatchException'), 'NotAuthorizedException']);
  });

  test('lets nobody past the steps of setting an app up', async () => {
    const { Session } = await signIn('ON', 'bob');
    expect(await respond('ON', 'MFA_SETUP', Session, { USERNAME: 'bob' })).toBe('NotAuthorizedException');
    expect(await withCode('ON', 'bob', Session, '000000')).toBe('NotAuthorizedException');
    expect(await call('VerifySoftwareToken', { Session, UserCode: '000000' })).toBe('EnableSoftwareTokenMFAException');
    const { SecretCode, Session: offered } = await call('AssociateSoftwareToken', { Session });
    expect(await call('AssociateSoftwareToken', { Session })).toBe('NotAuthorizedException');
    const UserCode = wrong(SecretCode);
    expect(await call('VerifySoftwareToken', { Session: offered, UserCode })).toBe('EnableSoftwareTokenMFAException');
    expect(await respond('OPTIONAL', 'MFA_SETUP', offered, { USERNAME: 'bob' })).toBe('NotAuthorizedException');
    await clock.advanceBy(3 * 60_000);
    expect(await call('VerifySoftwareToken', { Session: offered, UserCode: now(SecretCode) })).toBe(
      'NotAuthorizedException',
    );
  });

  test('asks for it after a new password too', async () => {
    const { UserPoolId } = pools.ON;
    const Password = 'Correct-horse-9';
    await call('AdminSetUserPassword', { UserPoolId, Username: 'dora', Password, Permanent: false });
    const parameters = { USERNAME: 'dora', PASSWORD: Password };
    const { ClientId } = pools.ON;
    const first = await call('InitiateAuth', { ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: parameters });
    const responses = { USERNAME: 'dora', NEW_PASSWORD: 'Another-horse-9' };
    const { ChallengeName } = await respond('ON', first.ChallengeName, first.Session, responses);
    expect(ChallengeName).toBe('MFA_SETUP');
  });

  test('asks for it on its pages, where a wrong code may be mended', async () => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: pools.ON.ClientId,
      redirect_uri: CALLBACK,
      scope: 'openid',
    });
    const submit = async (form: Record<string, string>) => {
      const body = new URLSearchParams(form);
      const response = await fetch(`${server.url}/login?${query.toString()}`, {
        method: 'POST',
        body,
        redirect: 'manual',
      });
      const text = await response.text();
      return {
        text,
        location: response.headers.get('location'),
        session: /name="session" type="hidden" value="([^"]+)"/u.exec(text)?.[1] ?? '',
      };
    };
    const first = await submit({ username: 'carla', password: PASSWORD });
    const secret = /<code>([A-Z2-7]{32})<\/code>/u.exec(first.text)![1]!;
    const mistyped = await submit({ session: first.session, code: wrong(secret) });
    expect(mistyped.text).toContain('role="alert"');
    const { location } = await submit({ session: mistyped.session, code: now(secret) });
    expect(location).toMatch(/^https:\/\/shop\.test\/\?code=/u);

    await clock.advanceBy(60_000);
    const next = await submit({ username: 'carla', password: PASSWORD });
    expect(next.text).not.toContain(secret);
    expect((await submit({ session: next.session, code: wrong(secret) })).location).toBeNull();
    expect((await submit({ session: next.session, code: now(secret) })).location).toContain('?code=');
  });
});

test('where it is optional, those who set it up and want it are asked', async () => {
  const { AccessToken } = (await signIn('OPTIONAL', 'alice')).AuthenticationResult;
  const SoftwareTokenMfaSettings = { Enabled: true, PreferredMfa: true };
  expect(await call('SetUserMFAPreference', { AccessToken, SoftwareTokenMfaSettings })).toBe(
    'InvalidParameterException',
  );
  const { SecretCode } = await call('AssociateSoftwareToken', { AccessToken });
  expect(await call('VerifySoftwareToken', { AccessToken, UserCode: now(SecretCode) })).toEqual({ Status: 'SUCCESS' });
  expect((await signIn('OPTIONAL', 'alice')).AuthenticationResult).toBeDefined();
  expect(await call('SetUserMFAPreference', { AccessToken, SoftwareTokenMfaSettings })).toEqual({});
  expect((await signIn('OPTIONAL', 'alice')).ChallengeName).toBe('SOFTWARE_TOKEN_MFA');
  expect(await call('GetUser', { AccessToken })).toMatchObject({ PreferredMfaSetting: 'SOFTWARE_TOKEN_MFA' });
  const { UserPoolId } = pools.OPTIONAL;
  const off = { UserPoolId, Username: 'alice', SoftwareTokenMfaSettings: { Enabled: false } };
  expect(await call('AdminSetUserMFAPreference', off)).toEqual({});
  expect((await signIn('OPTIONAL', 'alice')).AuthenticationResult).toBeDefined();
});

test('where there is none, none can be set up', async () => {
  const { AccessToken } = (await signIn('OFF', 'alice')).AuthenticationResult;
  expect(await call('AssociateSoftwareToken', { AccessToken })).toBe('SoftwareTokenMFANotFoundException');
});

test('a pool whose second factor is no app stops the start', async () => {
  const properties = { MfaConfiguration: 'ON', EnabledMfas: ['SMS_MFA'] };
  const declared = declare(cognitoResourceTypes(service), 'AWS::Cognito::UserPool', 'Texts', properties);
  await expect(declared).rejects.toThrow('Texts (AWS::Cognito::UserPool): a second factor that is no software token');
});
