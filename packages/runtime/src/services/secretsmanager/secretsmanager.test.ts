import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import { Journal } from '../../store/journal.ts';
import { serveAws } from '../testing/serve-aws.ts';
import { declare, testStack } from '../testing/test-stack.ts';
import { randomPassword } from './random-password.ts';
import { secretsManagerResourceTypes } from './resource-types.ts';
import { secretsManagerApi } from './secretsmanager-api.ts';
import { SecretsManagerService } from './secretsmanager-service.ts';

let folder: string;
let journal: Journal;
let service: SecretsManagerService;

function open(secrets?: Record<string, string>): void {
  journal = new Journal(join(folder, 'journal.sqlite'));
  service = new SecretsManagerService({
    journal,
    clock: new ManualClock(),
    stack: testStack,
    ...(secrets && { secrets }),
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  open();
});

afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});

describe('the API', () => {
  let server: Awaited<ReturnType<typeof serveAws>>;
  let client: SecretsManagerClient;

  beforeEach(async () => {
    server = await serveAws({ json: [secretsManagerApi(service)] });
    client = new SecretsManagerClient({ endpoint: server.url });
  });

  afterEach(async () => {
    client.destroy();
    await server.close();
  });

  test('a new value becomes AWSCURRENT and leaves AWSPREVIOUS with the one before', async () => {
    const created = await client.send(new CreateSecretCommand({ Name: 'api/key', SecretString: 'one' }));
    await client.send(new PutSecretValueCommand({ SecretId: 'api/key', SecretString: 'two' }));
    await client.send(new PutSecretValueCommand({ SecretId: created.ARN, SecretString: 'three' }));

    const current = await client.send(new GetSecretValueCommand({ SecretId: 'api/key' }));
    const previous = await client.send(new GetSecretValueCommand({ SecretId: 'api/key', VersionStage: 'AWSPREVIOUS' }));

    expect(current).toMatchObject({ SecretString: 'three', VersionStages: ['AWSCURRENT'], Name: 'api/key' });
    expect(previous).toMatchObject({ SecretString: 'two', VersionStages: ['AWSPREVIOUS'] });
    const described = await client.send(new DescribeSecretCommand({ SecretId: 'api/key' }));
    expect(Object.keys(described.VersionIdsToStages ?? {})).toHaveLength(2);
  });

  test('the same request token with another value is refused, with the same value it changes nothing', async () => {
    await client.send(new CreateSecretCommand({ Name: 'k', SecretString: 'one' }));
    const put = { SecretId: 'k', ClientRequestToken: 'a'.repeat(32), SecretString: 'two' };
    await client.send(new PutSecretValueCommand(put));
    await client.send(new PutSecretValueCommand(put));

    const changed = client.send(new PutSecretValueCommand({ ...put, SecretString: 'three' }));

    await expect(changed).rejects.toMatchObject({ name: 'ResourceExistsException' });
    expect(service.find('k').versions).toHaveLength(2);
  });

  test('binary values, updates and lists work as clients expect', async () => {
    await client.send(new CreateSecretCommand({ Name: 'b', SecretBinary: Buffer.from([0, 255]) }));
    await client.send(new UpdateSecretCommand({ SecretId: 'b', Description: 'changed' }));

    const { SecretBinary } = await client.send(new GetSecretValueCommand({ SecretId: 'b' }));
    const { SecretList } = await client.send(new ListSecretsCommand({}));

    expect([...(SecretBinary ?? [])]).toEqual([0, 255]);
    expect(SecretList).toMatchObject([{ Name: 'b', Description: 'changed' }]);
  });

  test.each([
    { why: 'an unknown secret', id: 'nope', error: 'ResourceNotFoundException' },
    { why: 'a secret without a value', id: 'empty', error: 'ResourceNotFoundException' },
  ])('reading $why fails with $error', async ({ id, error }) => {
    await client.send(new CreateSecretCommand({ Name: 'empty' }));
    await expect(client.send(new GetSecretValueCommand({ SecretId: id }))).rejects.toMatchObject({ name: error });
  });
});

describe('secrets of the template', () => {
  const secretType = 'AWS::SecretsManager::Secret';
  const generated = { GenerateSecretString: { SecretStringTemplate: '{"user":"a"}', GenerateStringKey: 'password' } };

  test('a generated secret keeps its value over restarts', async () => {
    const before = await declare(secretsManagerResourceTypes(service), secretType, 'Database', generated);
    const value = service.version(before.ref, {}).value.secretString;
    journal.close();
    open();

    const after = await declare(secretsManagerResourceTypes(service), secretType, 'Database', generated);

    expect(after).toEqual(before);
    expect(service.version(after.ref, {}).value.secretString).toBe(value);
    expect(JSON.parse(value ?? '')).toEqual({ user: 'a', password: expect.stringMatching(/^.{32}$/) });
  });

  test("the caller's value wins over the template's, also in a folder made before", async () => {
    await declare(secretsManagerResourceTypes(service), secretType, 'ApiKey', {
      Name: 'shop/key',
      SecretString: 'template',
    });
    journal.close();
    open({ 'shop/key': 'from the caller' });

    const { ref } = await declare(secretsManagerResourceTypes(service), secretType, 'ApiKey', { Name: 'shop/key' });

    expect(service.version(ref, {}).value.secretString).toBe('from the caller');
    expect(service.version(ref, { stage: 'AWSPREVIOUS' }).value.secretString).toBe('template');
  });

  test("a rotation through the API survives a restart with the caller's old value", async () => {
    journal.close();
    open({ ApiKey: 'v1' });
    const { ref } = await declare(secretsManagerResourceTypes(service), secretType, 'ApiKey', {});
    await service.putValue(ref, { secretString: 'v2' });
    journal.close();
    open({ ApiKey: 'v1' });

    await declare(secretsManagerResourceTypes(service), secretType, 'ApiKey', {});

    expect(service.version(ref, {}).value.secretString).toBe('v2');
  });

  test('a rotation schedule stops the start with its name', async () => {
    const types = secretsManagerResourceTypes(service);
    await expect(declare(types, 'AWS::SecretsManager::RotationSchedule', 'Weekly', {})).rejects.toThrow('Weekly');
  });
});

describe('generated passwords', () => {
  test('follow length, exclusions and one of each kind', () => {
    const password = randomPassword({ PasswordLength: 12, ExcludePunctuation: true, ExcludeCharacters: 'abc123' });
    expect(password).toMatch(/^[d-zA-Z04-9]{12}$/);
    expect(password).toMatch(/[a-z]/);
    expect(password).toMatch(/[A-Z]/);
    expect(password).toMatch(/\d/);
  });
});
