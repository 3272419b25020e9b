import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { runOrders } from './program.ts';
import { startAwsAccount, type AwsAccount } from './preflight/testing/aws-account.ts';

let account: AwsAccount;

beforeAll(async () => {
  account = await startAwsAccount({
    bootstrapVersion: '28',
    concurrency: 1000,
    quotas: {},
    mail: { ProductionAccessEnabled: false, SendingEnabled: true, SendQuota: { Max24HourSend: 200, MaxSendRate: 1 } },
    identities: {},
  });
});
afterAll(() => account.close());
afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

/** @returns what was printed, and the exit code. */
async function preflight(...flags: readonly string[]): Promise<{ printed: string; code: unknown }> {
  const lines = vi.spyOn(console, 'log').mockReturnValue();
  await runOrders(['preflight', '--endpoint-url', account.endpointUrl, ...flags]);
  return { printed: lines.mock.calls.map(([line]) => String(line)).join('\n'), code: process.exitCode };
}

test('in dev what a small stack can live with is no reason to stop', async () => {
  const { printed, code } = await preflight();
  expect(printed).toMatch(/raise.*SES sandbox: the account is in it.*\n.*aws sesv2 put-account-details/u);
  expect(code).toBe(0);
});

test('in prod the same account must be mended first, and a script learns it by the exit code', async () => {
  const { printed, code } = await preflight('--environment', 'prod', '--parameters', 'MailSender=orders@shop.de');
  expect(printed).toMatch(/must.*SES sandbox/u);
  expect(printed).toContain('AlarmEmail, WebAclArn not given yet');
  expect(code).toBe(2);
});

test('programs get the findings as JSON', async () => {
  const { printed } = await preflight('--json');
  expect(JSON.parse(printed)).toContainEqual({ subject: 'bootstrap', verdict: 'ok', told: 'version 28' });
});
