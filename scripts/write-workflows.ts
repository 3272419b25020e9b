// Writes workflows/*.asl.json from the TypeScript definitions. A test fails when they are stale.
import { writeFileSync } from 'node:fs';
import { definitionFiles } from '../workflows/definition-files.ts';

const folder = new URL('../workflows/', import.meta.url);
for (const [fileName, content] of await definitionFiles()) writeFileSync(new URL(fileName, folder), content);
