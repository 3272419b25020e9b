import { expect, test } from 'vitest';
import { failedTests, type VitestReport } from './failed-tests.ts';

const aFile = (name: string, traits: Partial<VitestReport['testResults'][number]>) => ({
  name: `/shop/${name}`,
  status: 'passed',
  message: '',
  assertionResults: [],
  ...traits,
});
const passed = { fullName: 'a basket is empty', status: 'passed', failureMessages: [] };

test('a failed test is told by its file and its name, with the first line of its error without colours', () => {
  const failed = {
    fullName: 'a basket takes a cup',
    status: 'failed',
    failureMessages: ['AssertionError: expected \u001B[32m1\u001B[39m to be 2\n    at basket.test.ts:3'],
  };
  const report = {
    testResults: [
      aFile('orders.test.ts', { assertionResults: [passed] }),
      aFile('basket.test.ts', { status: 'failed', assertionResults: [passed, failed] }),
    ],
  };
  expect(failedTests(report, '/shop')).toEqual([
    'basket.test.ts > a basket takes a cup',
    '    AssertionError: expected 1 to be 2',
  ]);
});

test('a file that cannot be loaded, or whose hook fails, is told without a test of it', () => {
  const skipped = { fullName: 'a basket takes a cup', status: 'skipped', failureMessages: null };
  const report = {
    testResults: [
      aFile('basket.test.ts', { status: 'failed', message: 'Hook timed out\n    at', assertionResults: [skipped] }),
    ],
  };
  expect(failedTests(report, '/shop')).toEqual(['basket.test.ts', '    Hook timed out']);
});
