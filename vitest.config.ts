import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/testing/longest-first.ts';

/** Tests of the whole system run the synthesized template and the bundles, so those are made once before them. */
const WHOLE_SYSTEM = ['test/**/*.test.ts', 'bench/**/*.test.ts', 'cli/**/*.e2e.test.ts'];
/** Tests of the packed packages belong to `npm run campaigns`. */
const PACKAGING = ['test/packaging/**/*.test.ts'];
/** These need a browser on the machine: `npm run campaigns` plays them too. */
const BROWSER = ['test/browser/**/*.test.ts'];
/** Each path of an order, metered on the running system until its last event has passed: minutes, mostly of waiting. */
const COST = ['bench/cost/**/*.test.ts'];
/** A part's test that plays every currency in a campaign, and one of each kind in `npm test`. */
const CURRENCIES = ['functions/basket/currency-bounds.test.ts'];
/** Whoever asks for another order of the files gets it: a sequencer of ours would be asked in its place. */
const isShuffled = process.argv.some((flag) => flag.startsWith('--sequence.shuffle'));

export default defineConfig({
  test: {
    // The runtime under test is real (store, workers, sockets): three at a time keep two cores busy, since each waits now and then.
    maxWorkers: 3,
    silent: 'passed-only',
    // A test ends by what it waits for. These end one that would hang: far off, since a busy machine takes ten times as long.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // The CDK validator costs 3 s a synth; `npm run synth` and `npm run verify` run it, unit tests do not.
    env: { CDK_VALIDATION: 'false', AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    // It keeps clients and secrets of its own, so it is loaded anew as our modules are. For all projects: which of them
    // asks for a package first decides for the others.
    server: { deps: { inline: [/@aws-lambda-powertools\/parameters/] } },
    sequence: isShuffled ? {} : { sequencer: LongestFirst },
    globalSetup: ['test/testing/temporary-folder.ts', 'test/testing/compile-cache.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['{events,functions,workflows,infra,packages,cli,scripts,web}/**/*.test.ts'],
          exclude: WHOLE_SYSTEM,
          isolate: false,
          setupFiles: ['test/testing/fresh-modules.ts', 'test/testing/patient-clients.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: WHOLE_SYSTEM,
          exclude: [...PACKAGING, ...BROWSER, ...COST],
          isolate: false,
          setupFiles: 'test/testing/fresh-modules.ts',
          globalSetup: 'test/testing/synthesize-once.ts',
        },
      },
      { extends: true, test: { name: 'packaging', include: PACKAGING } },
      { extends: true, test: { name: 'currencies', include: CURRENCIES, env: { EVERY_CURRENCY: '1' } } },
      { extends: true, test: { name: 'cost', include: COST, globalSetup: 'test/testing/synthesize-once.ts' } },
      {
        extends: true,
        test: {
          name: 'browser',
          include: BROWSER,
          globalSetup: 'test/browser/testing/shop-in-use.ts',
          fileParallelism: false,
          // A story of many pages, and between them a start of the whole shop.
          testTimeout: 600_000,
        },
      },
    ],
  },
});
