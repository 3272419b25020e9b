import { playVitestProject } from './support/vitest-project.ts';

await playVitestProject(
  'browser',
  `Opens pages in a real browser against a running shop: test/browser/. Needs Debian's chromium, or CHROMIUM.

  npm run campaigns -- browser
`,
);
