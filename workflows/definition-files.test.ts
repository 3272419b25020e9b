import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { definitionFiles } from './definition-files.ts';

test.each([...(await definitionFiles())])('%s is what the TypeScript definition says', (fileName, content) => {
  const written = readFileSync(new URL(fileName, import.meta.url), 'utf8');
  expect(written === content, `${fileName} is stale: npm run workflows`).toBe(true);
});
