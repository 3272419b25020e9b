import { playVitestProject } from './support/vitest-project.ts';

await playVitestProject(
  'currencies',
  `Every currency at its least and largest total, below, above and between its steps, from the catalogue's HTTP API to the
checkout: functions/basket/currency-bounds.test.ts.

  npm run campaigns -- currencies
`,
);
