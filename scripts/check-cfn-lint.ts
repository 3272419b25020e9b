// npm run check:cfn-lint: asks cfn-lint about every template, where it is installed. Settings: .cfnlintrc.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const INSTALL = 'pip install cfn-lint==1.51.0';

/** Where `npm run check:synth` writes them. */
const ASSEMBLIES = ['cdk.out', 'dist/cdk.out.prod', 'dist/cdk.out.edge', 'dist/cdk.out.foundation'];

const { values } = parseArgs({ options: { required: { type: 'boolean', default: false } } });

const templates = ASSEMBLIES.flatMap(templatesIn);
const { error, status } = spawnSync('cfn-lint', ['--non-zero-exit-code', 'warning', ...templates], {
  stdio: 'inherit',
});
if (error === undefined) {
  if (status === 0) console.log(`cfn-lint: nothing found in ${templates.join(', ')}`);
  process.exitCode = status ?? 1;
} else if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
  throw error;
} else {
  // It is a Python program, which no npm package brings.
  console.error(
    `NOT CHECKED: cfn-lint is not installed, so nobody asked it about the templates. To have it: ${INSTALL}`,
  );
  process.exitCode = values.required ? 1 : 0;
}

function templatesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.template.json'))
      .map((name) => path.join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    console.error(`There is no ${folder}: npm run check:synth makes the templates.`);
    process.exit(1);
  }
}
