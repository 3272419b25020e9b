import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  STSClient,
  type AssumeRoleCommandInput,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveAws } from '../testing/serve-aws.ts';
import { stsApi } from './sts-api.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const api = stsApi({ accountId: '000000000000' }, { nowMs: () => NOW_MS });
const role = { RoleArn: 'arn:aws:iam::111111111111:role/deploy/cdk-role', RoleSessionName: 'session@1' };

let served: Awaited<ReturnType<typeof serveAws>>;
let client: STSClient;

beforeAll(async () => {
  served = await serveAws({ query: [api] });
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  client = new STSClient({ endpoint: served.url, region: 'us-east-1', credentials, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await served.close();
});

test('a caller is the root user of the account', async () => {
  expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '000000000000',
    Arn: 'arn:aws:iam::000000000000:root',
    UserId: '000000000000',
  });
});

test.each([
  [undefined, '2026-01-01T01:00:00.000Z'],
  [900, '2026-01-01T00:15:00.000Z'],
  [43_200, '2026-01-01T12:00:00.000Z'],
])('a role is assumed for %s seconds', async (DurationSeconds, expiration) => {
  const { Credentials, AssumedRoleUser } = await client.send(new AssumeRoleCommand({ ...role, DurationSeconds }));
  expect(Credentials?.Expiration?.toISOString()).toBe(expiration);
  expect(Credentials).toMatchObject({
    AccessKeyId: expect.stringMatching(/^ASIA[\dA-F]{16}$/),
    SecretAccessKey: expect.stringMatching(/^.{40}$/),
    SessionToken: expect.any(String),
  });
  expect(AssumedRoleUser).toEqual({
    Arn: 'arn:aws:sts::111111111111:assumed-role/cdk-role/session@1',
    AssumedRoleId: expect.stringMatching(/^AROA\w+:session@1$/),
  });
});

/** API reference, AssumeRole: forms and bounds. */
test.each<[what: string, input: Partial<AssumeRoleCommandInput>]>([
  ['a name for the role', { RoleArn: 'cdk-role' }],
  ['a user', { RoleArn: 'arn:aws:iam::111111111111:user/u' }],
  ['a role of no account', { RoleArn: 'arn:aws:iam::1111:role/r' }],
  ['a role of another service', { RoleArn: 'arn:aws:sts::111111111111:role/r' }],
  ['no role', { RoleArn: '' }],
  ['a session name of one letter', { RoleSessionName: 's' }],
  ['a session name of 65 letters', { RoleSessionName: 's'.repeat(65) }],
  ['a session name with a space', { RoleSessionName: 'a session' }],
  ['899 seconds', { DurationSeconds: 899 }],
  ['43,201 seconds', { DurationSeconds: 43_201 }],
  ['half a second', { DurationSeconds: 900.5 }],
])('AssumeRole refuses %s', async (_what, input) => {
  const refusal = client.send(new AssumeRoleCommand({ ...role, ...input }));
  await expect(refusal).rejects.toMatchObject({ name: 'ValidationError', message: expect.stringMatching(/\w/) });
});
