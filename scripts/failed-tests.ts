// node scripts/failed-tests.ts report.json: the failed tests of a JSON report of Vitest, each with what went wrong first.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** What we read of a file that `vitest --reporter=json` writes. */
export interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

/** A line for each failed test and one for its error. A file that failed without a failed test is named by itself. */
export function failedTests({ testResults }: VitestReport, projectFolder: string): string[] {
  return testResults
    .filter(({ status }) => status !== 'passed')
    .flatMap(({ name, message, assertionResults }) => {
      const file = path.relative(projectFolder, name);
      const failed = assertionResults.filter(({ status }) => status === 'failed');
      if (failed.length === 0) return [file, errorLine(message)];
      return failed.flatMap(({ fullName, failureMessages }) => [
        `${file} > ${fullName}`,
        errorLine(failureMessages?.[0] ?? ''),
      ]);
    });
}

function errorLine(message: string): string {
  return `    ${stripVTControlCharacters(message).trim().split('\n')[0]}`;
}

if (import.meta.main) {
  const report = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as VitestReport;
  for (const line of failedTests(report, process.cwd())) console.log(line);
}
