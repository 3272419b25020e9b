import { playVitestProject } from './support/vitest-project.ts';

await playVitestProject(
  'cost',
  `Holds each path of an order against what it may use of AWS (bench/cost/budget.json): bench/cost/cost.test.ts.

  npm run campaigns -- cost
`,
);
