// npm run pictures: takes the pictures of the documentation from a new shop, in both themes, and notes what they show.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { PROJECT_FOLDER } from '../../../cli/synthesize.ts';
import { launchBrowser } from '../testing/chromium.ts';
import { startShopProcess } from '../testing/shop-process.ts';
import { digestOf } from './digest.ts';
import { SCENES, type Scene } from './scenes.ts';

const FOLDER = path.join(PROJECT_FOLDER, 'docs', 'pictures');
/** Sharp on most screens, and small. */
const SCALE = 1.5;
const QUALITY = 80;

const shop = await startShopProcess();
const browser = await launchBrowser();
try {
  mkdirSync(FOLDER, { recursive: true });
  const digests: Record<string, string> = {};
  for (const scene of SCENES) digests[scene.name] = await take(scene);
  writeFileSync(path.join(FOLDER, 'digests.json'), `${JSON.stringify(digests, null, 2)}\n`);
} finally {
  await browser.close();
  await shop.stop();
}

/** @returns the digest of what the picture shows. */
async function take(scene: Scene): Promise<string> {
  const page = await open(browser, scene);
  await scene.play(page);
  const digest = await digestOf(page, scene);
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const file = path.join(FOLDER, `${scene.name}-${theme}.webp`);
    writeFileSync(file, await picture(page));
    console.log(path.relative(PROJECT_FOLDER, file));
  }
  await page.context().close();
  return digest;
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
