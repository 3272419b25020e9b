import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** For `npm run test:workflows`: these tests need no synthesized template, and against AWS the caller's credentials. */
const isAws = process.env['STEPFUNCTIONS_ENDPOINT'] === 'aws';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['workflows/**/*.test.ts'],
    maxWorkers: 2,
    testTimeout: 30_000,
    env: isAws ? {} : { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  },
});
