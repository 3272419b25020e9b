import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{events,functions,workflows,infra,local,cli,payment-sandbox,test,bench,scripts}/**/*.test.ts'],
    globalSetup: 'test/support/synthesize-once.ts',
    // The runtime under test is real (store, workers, sockets): two at a time is what two cores carry.
    maxWorkers: 2,
    silent: 'passed-only',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The CDK validator costs 3 s a synth; `npm run synth` and `npm run verify` run it, unit tests do not.
    env: { CDK_VALIDATION: 'false', AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  },
});
