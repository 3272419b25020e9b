import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../cli/synthesize.ts';
import { SCENES } from './pictures/scenes.ts';
import { shownBy } from './pictures/shown.ts';
import { emptyBasket } from './testing/shop-stories.ts';
import { usesBrowser, visit } from './testing/visit.ts';

usesBrowser();

const FOLDER = path.join(PROJECT_FOLDER, 'docs', 'pictures');
const MAX_BYTES = 150_000;

function textOf(file: string): string {
  return readFileSync(path.join(PROJECT_FOLDER, file), 'utf8');
}

test.each(SCENES)('the picture $name shows what the page shows; else: npm run pictures', async (scene) => {
  const page = await visit('#/shop', { width: scene.width });
  await emptyBasket(page);
  await scene.play(page);
  // The page is live: its parts come one after the other, and all of them within a while.
  const shown = textOf(`docs/pictures/${scene.name}.txt`);
  await expect.poll(() => shownBy(page, scene), { timeout: 60_000 }).toBe(shown);
});

test('every picture is small, in both themes, and stands in a document', () => {
  const documents = textOf('README.md') + textOf('docs/page.md');
  for (const { name } of SCENES) {
    for (const theme of ['light', 'dark']) {
      const file = path.join(FOLDER, `${name}-${theme}.webp`);
      expect(existsSync(file), file).toBe(true);
      expect(statSync(file).size, file).toBeLessThan(MAX_BYTES);
      expect(documents).toContain(`pictures/${name}-${theme}.webp`);
    }
  }
});
