import { playVitestProject } from './support/vitest-project.ts';

await playVitestProject(
  'packaging',
  `Packs the packages, installs them in empty folders and uses them as a stranger would: test/packaging/.

  npm run campaigns -- packaging
`,
);
