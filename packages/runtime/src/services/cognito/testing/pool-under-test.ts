import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@order-workflow/states-language/clock';
import { Journal } from '../../../store/journal.ts';
import type { PlainMail } from '../../shared/ports/mails.ts';
import { callJson, type JsonAnswer } from '../../testing/call-json.ts';
import { serveAws } from '../../testing/serve-aws.ts';
import { declare, testStack } from '../../testing/test-stack.ts';
import { cognitoApi } from '../cognito-api.ts';
import { CognitoService } from '../cognito-service.ts';
import { cognitoResourceTypes } from '../resource-types.ts';

export const HOUR_MS = 3_600_000;
export const PASSWORD = 'Correct-horse-9';
export const EMAIL = 'canary@example.com';
export const BROUGHT = [
  { username: 'demo', sub: 'demo', groups: ['admin'], password: 'Demo-password-1', email: 'd@example.com' },
];

export const attributes = (email: string) => [{ Name: 'email', Value: email }];

/** The pool of a shop: a verified address stands for the name of its user. */
export class PoolUnderTest {
  /** A new pool's key takes a second to find: all tests begin with the folder of one pool. */
  readonly #newPool = mkdtempSync(join(tmpdir(), 'new-pool-'));
  #folder = this.#newPool;
  #server: Awaited<ReturnType<typeof serveAws>> | undefined;
  #journal!: Journal;
  clock = new ManualClock(0);
  mails: PlainMail[] = [];
  /** Addresses whose mails were to be forgotten. */
  forgotten: string[] = [];
  userPoolId = '';
  clientId = '';

  async make(): Promise<void> {
    await this.open();
    await this.close();
  }

  async begin(): Promise<void> {
    this.#folder = mkdtempSync(join(tmpdir(), 'pool-'));
    cpSync(this.#newPool, this.#folder, { recursive: true });
    this.clock = new ManualClock(Date.UTC(2026, 0, 1));
    this.mails = [];
    this.forgotten = [];
    await this.open();
  }

  async end(): Promise<void> {
    await this.close();
    rmSync(this.#folder, { recursive: true });
  }

  remove(): void {
    rmSync(this.#newPool, { recursive: true });
  }

  async open(users = BROUGHT, properties: object = {}): Promise<void> {
    this.#journal = new Journal(join(this.#folder, 'journal.sqlite'));
    const { clock, forgotten, mails } = this;
    const capture = async (mail: PlainMail): Promise<string> => String(mails.push(mail));
    const captured = { capture, forget: (addresses: readonly string[]) => void forgotten.push(...addresses) };
    const service = new CognitoService({ journal: this.#journal, clock, stack: testStack, users, mails: captured });
    this.#server = await serveAws({ json: [cognitoApi(service)] });
    const types = cognitoResourceTypes(service);
    const rules = {
      AliasAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
      Policies: {
        PasswordPolicy: { MinimumLength: 12, RequireUppercase: true, RequireNumbers: true, RequireSymbols: true },
      },
      VerificationMessageTemplate: { EmailSubject: 'Your code', EmailMessage: 'It is {####}' },
      ...properties,
    };
    const { ref: UserPoolId } = await declare(types, 'AWS::Cognito::UserPool', 'Pool', rules);
    const client = {
      UserPoolId,
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
      PreventUserExistenceErrors: 'ENABLED',
    };
    this.userPoolId = UserPoolId;
    ({ ref: this.clientId } = await declare(types, 'AWS::Cognito::UserPoolClient', 'Web', client));
    await declare(types, 'AWS::Cognito::UserPoolGroup', 'Admin', { UserPoolId, GroupName: 'admin' });
  }

  async close(): Promise<void> {
    await this.#server?.close();
    this.#journal.close();
  }

  /** What lies on disk. */
  async filesOnDisk(): Promise<Buffer[]> {
    await this.#journal.flushed();
    return ['journal.sqlite', 'journal.sqlite-wal'].map((name) => readFileSync(join(this.#folder, name)));
  }

  /** @returns the answer, or the name of the error and its message. */
  async call(operation: string, input: object): Promise<JsonAnswer> {
    const url = this.#server?.url ?? '';
    const { status, body } = await callJson(url, `AWSCognitoIdentityProviderService.${operation}`, input);
    return status === 200 ? body : `${body.__type}: ${body.message}`;
  }

  signUp(Username: string, email = EMAIL): Promise<JsonAnswer> {
    const UserAttributes = attributes(email);
    return this.call('SignUp', { ClientId: this.clientId, Username, Password: PASSWORD, UserAttributes });
  }

  confirm(Username: string, ConfirmationCode = this.lastCode()): Promise<JsonAnswer> {
    return this.call('ConfirmSignUp', { ClientId: this.clientId, Username, ConfirmationCode });
  }

  signIn(USERNAME: string, password = PASSWORD): Promise<JsonAnswer> {
    const AuthParameters = { USERNAME, PASSWORD: password };
    return this.call('InitiateAuth', { ClientId: this.clientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters });
  }

  /** That was mailed. */
  lastCode(): string {
    return /\d{6}/.exec(this.mails.at(-1)?.text ?? '')?.[0] ?? '';
  }

  /** Never the right one. */
  wrongCode(): string {
    return String((Number(this.lastCode()) + 1) % 1_000_000).padStart(6, '0');
  }

  async aCustomer(username = 'carla', email = EMAIL): Promise<{ AccessToken: string; RefreshToken: string }> {
    await this.signUp(username, email);
    await this.confirm(username);
    return (await this.signIn(username)).AuthenticationResult;
  }
}
