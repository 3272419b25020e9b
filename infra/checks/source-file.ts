import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Where the constructs are written, as a person reads it. */
const CONSTRUCTS_FOLDER = 'infra/constructs';

/** The construct's file that holds the text, or else the folder of all of them: the place to open. */
export function constructFileWith(text: string): string {
  const files = readdirSync(CONSTRUCTS_FOLDER, { recursive: true, encoding: 'utf8' }).toSorted();
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const found = sources.find((file) => readFileSync(path.join(CONSTRUCTS_FOLDER, file), 'utf8').includes(text));
  return [CONSTRUCTS_FOLDER, ...(found === undefined ? [] : found.split(path.sep))].join('/');
}

/** A workflow is written in TypeScript, where there is such a file, and its definition generated from it. */
export function workflowFile(definitionsFolder: string, name: string): string {
  const isGenerated = readdirSync(definitionsFolder).includes(`${name}.ts`);
  return `${definitionsFolder}/${name}${isGenerated ? '.ts' : '.asl.json'}`;
}
