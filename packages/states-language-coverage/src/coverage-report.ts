import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { coverageGraph } from './coverage-graph.ts';
import { describeItem, type CoverageItem, type WorkflowCoverage } from './workflow-coverage.ts';

const KINDS = ['state', 'transition', 'retrier', 'catcher'] as const satisfies readonly CoverageItem['kind'][];

/** Covered and all items of each kind, as a Markdown table. */
export function coverageSummary(items: readonly CoverageItem[]): string {
  const rows = KINDS.map((kind) => {
    const own = items.filter((item) => item.kind === kind);
    const covered = own.filter(({ visits }) => visits > 0).length;
    const percent = own.length === 0 ? 100 : Math.floor((100 * covered) / own.length);
    return `| ${kind}s | ${covered} | ${own.length} | ${percent} % |`;
  });
  return ['| | covered | of | |', '| --- | ---: | ---: | ---: |', ...rows].join('\n');
}

/** The whole report as a Markdown page: summary, graph, and every item with its visits. */
export function coveragePage(name: string, coverage: WorkflowCoverage): string {
  const rows = coverage.items.map(
    (item) => `| ${item.visits > 0 ? '✔' : '✘'} | ${item.kind} | ${describeItem(item)} | ${item.visits} |`,
  );
  return [
    `# Coverage of ${name}`,
    coverageSummary(coverage.items),
    `\`\`\`mermaid\n${coverageGraph(coverage)}\n\`\`\``,
    ['| | | | visits |', '| --- | --- | --- | ---: |', ...rows].join('\n'),
    '',
  ].join('\n\n');
}

/** Writes the report. @returns the path of the page. */
export function writeCoverage(folder: string, name: string, coverage: WorkflowCoverage): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.md`);
  writeFileSync(path, coveragePage(name, coverage));
  return path;
}
