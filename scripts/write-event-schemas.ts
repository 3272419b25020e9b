// Writes events/schemas/*.json from the zod schemas. A test fails when they are stale.
import { mkdirSync, writeFileSync } from 'node:fs';
import { eventJsonSchemas } from '../events/json-schema.ts';

const folder = new URL('../events/schemas/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [fileName, content] of eventJsonSchemas()) writeFileSync(new URL(fileName, folder), content);
