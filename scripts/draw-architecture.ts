// Draws the parts of docs/architecture.md that come from the template. A test fails when they are stale.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { ASSEMBLY_FOLDER, synthesize } from '../cli/synthesize.ts';
import { ARCHITECTURE_PAGE, withDrawnParts } from './architecture/architecture-page.ts';
import type { Template } from './architecture/template-graph.ts';

await synthesize();
const [file = ''] = globSync(`${ASSEMBLY_FOLDER}/*.template.json`);
const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
writeFileSync(ARCHITECTURE_PAGE, withDrawnParts(readFileSync(ARCHITECTURE_PAGE, 'utf8'), template));
