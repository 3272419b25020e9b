import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The program that a package's README shows first, and what it says that it prints. */
export function readmeExample(packageFolder: string): { readonly code: string; readonly output: string } {
  const text = readFileSync(join(packageFolder, 'README.md'), 'utf8');
  const [, code, output] = /```ts\n(.*?)```.*?```text\n(.*?)```/s.exec(text) ?? [];
  if (code === undefined || output === undefined) {
    throw new Error(`${packageFolder}/README.md needs a \`\`\`ts program, and a \`\`\`text block of what it prints.`);
  }
  return { code, output };
}
