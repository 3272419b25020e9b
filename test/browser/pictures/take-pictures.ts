// npm run pictures: takes the pictures of the documentation from a new shop, in both themes, and notes what they show.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { PROJECT_FOLDER } from '../../../cli/synthesize.ts';
import { launchBrowser } from '../testing/chromium.ts';
import { startShopProcess } from '../testing/shop-process.ts';

import { SCENES, type Scene } from './scenes.ts';
import { shownBy } from './shown.ts';

const FOLDER = path.join(PROJECT_FOLDER, 'docs', 'pictures');
/** Sharp on most screens, and small. */
const SCALE = 1.5;
const QUALITY = 80;

const shop = await startShopProcess();
const browser = await launchBrowser();
try {
  mkdirSync(FOLDER, { recursive: true });
  for (const scene of SCENES) await take(scene);
} finally {
  await browser.close();
  await shop.stop();
}

async function take(scene: Scene): Promise<void> {
  const page = await open(browser, scene);
  await scene.play(page);
  writeFileSync(path.join(FOLDER, `${scene.name}.txt`), await shownBy(page, scene));
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const file = path.join(FOLDER, `${scene.name}-${theme}.webp`);
    writeFileSync(file, await picture(page));
    console.log(path.relative(PROJECT_FOLDER, file));
  }
  await page.context().close();
}

async function open(from: Browser, { width, height }: Scene): Promise<Page> {
  const context = await from.newContext({
    baseURL: `${shop.pageUrl}/`,
    viewport: { width, height },
    deviceScaleFactor: SCALE,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto('');
  return page;
}

/** Playwright itself writes no WebP. */
async function picture(page: Page): Promise<Buffer> {
  const protocol = await page.context().newCDPSession(page);
  const { data } = await protocol.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
  return Buffer.from(data, 'base64');
}
