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

const PATTERN = 'Member must satisfy regular expression pattern: [\\w+=,.@-]*';
const one = (shown: string, member: string, constraint: string) =>
  `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: ${constraint}`;

/** API reference, AssumeRole: forms and bounds. Words: shared/query-constraints.ts. */
test.each<[what: string, input: Partial<AssumeRoleCommandInput>, message: string]>([
  ['a user', { RoleArn: 'arn:aws:iam::111111111111:user/u' }, 'arn:aws:iam::111111111111:user/u is invalid'],
  ['a role of no account', { RoleArn: 'arn:aws:iam::1111:role/r' }, 'arn:aws:iam::1111:role/r is invalid'],
  [
    'a role of another service',
    { RoleArn: 'arn:aws:sts::111111111111:role/r' },
    'arn:aws:sts::111111111111:role/r is invalid',
  ],
  [
    'a name for the role',
    { RoleArn: 'cdk-role' },
    one("'cdk-role'", 'roleArn', 'Member must have length greater than or equal to 20'),
  ],
  ['an empty role', { RoleArn: '' }, one("''", 'roleArn', 'Member must have length greater than or equal to 20')],
  ['no role', { RoleArn: undefined }, one('null', 'roleArn', 'Member must not be null')],
  ['no session name', { RoleSessionName: undefined }, one('null', 'roleSessionName', 'Member must not be null')],
  [
    'a session name of one letter',
    { RoleSessionName: 's' },
    one("'s'", 'roleSessionName', 'Member must have length greater than or equal to 2'),
  ],
  [
    'a session name of 65 letters',
    { RoleSessionName: 's'.repeat(65) },
    one(`'${'s'.repeat(65)}'`, 'roleSessionName', 'Member must have length less than or equal to 64'),
  ],
  ['a session name with a space', { RoleSessionName: 'a session' }, one("'a session'", 'roleSessionName', PATTERN)],
  [
    '899 seconds',
    { DurationSeconds: 899 },
    one("'899'", 'durationSeconds', 'Member must have value greater than or equal to 900'),
  ],
  [
    '43,201 seconds',
    { DurationSeconds: 43_201 },
    one("'43201'", 'durationSeconds', 'Member must have value less than or equal to 43200'),
  ],
  ['half a second', { DurationSeconds: 900.5 }, one("'900.5'", 'durationSeconds', 'Member must be an integer')],
  [
    'two wrong parameters, in one message',
    { RoleArn: undefined, RoleSessionName: '#' },
    "3 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null; " +
      `Value '#' at 'roleSessionName' failed to satisfy constraint: ${PATTERN}; ` +
      "Value '#' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
  ],
])('AssumeRole refuses %s', async (_what, input, message) => {
  const refusal = client.send(new AssumeRoleCommand({ ...role, ...input }));
  await expect(refusal).rejects.toMatchObject({ name: 'ValidationError', message });
});
