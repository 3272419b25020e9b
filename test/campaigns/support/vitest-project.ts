import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PROJECT_FOLDER } from '../../../cli/synthesize.ts';
import { report, type Counts } from './counts.ts';

/** Plays a campaign that is a project of vitest.config.ts, or tells its usage. */
export async function playVitestProject(name: string, usage: string): Promise<void> {
  if (process.argv.includes('--help')) {
    console.log(usage);
    return;
  }
  const folder = mkdtempSync(path.join(tmpdir(), `${name}-`));
  const file = path.join(folder, 'report.json');
  const program = path.join(PROJECT_FOLDER, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const child = spawn(process.execPath, [program, 'run', '--project', name, ...reporters], {
    cwd: PROJECT_FOLDER,
    stdio: 'inherit',
  });
  await once(child, 'exit');
  report(existsSync(file) ? readCounts(file) : { passed: 0, failed: 1 });
  rmSync(folder, { recursive: true });
}

function readCounts(file: string): Counts {
  const {
    numPassedTests: passed,
    numFailedTests,
    numFailedTestSuites,
    success,
  } = JSON.parse(readFileSync(file, 'utf8')) as Readonly<
    Record<'numPassedTests' | 'numFailedTests' | 'numFailedTestSuites', number>
  > & { success: boolean };
  // A file that cannot even be loaded fails its suite without failing a test.
  return { passed, failed: success ? 0 : numFailedTests || numFailedTestSuites || 1 };
}
