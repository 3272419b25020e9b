import { globSync, readFileSync } from 'node:fs';

/** The file of the construct that deploys the function: where its settings and permissions are given. */
export function constructFileOf(entry: string): string {
  const file = globSync('infra/constructs/**/*.ts').find((path) =>
    readFileSync(path, 'utf8').includes(`entry: '${entry}'`),
  );
  return file ?? 'infra/constructs/ (no construct has this function yet)';
}
