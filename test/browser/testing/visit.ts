import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { PROJECT_FOLDER } from '../../../cli/synthesize.ts';
import { connectToBrowser } from './chromium.ts';
import type { PageOnAws } from './page-on-aws.ts';
import { makeShopReady } from './ready-shop.ts';

/** Where a failing test leaves what the page looked like. */
const SCREENSHOTS = path.join(PROJECT_FOLDER, 'dist', 'screenshots');
/** An element that is not there by then is not coming: a kill takes a start of the whole shop. */
const PATIENCE_MS = 120_000;

export interface VisitOptions {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly javaScript?: boolean;
  /** Of the reader, such as `Asia/Tokyo`. */
  readonly timeZone?: string;
  /** Where the page is, when it is not the running shop's own address. */
  readonly at?: Pick<PageOnAws, 'pageUrl' | 'proxy'>;
  /** Called before the page is loaded, for instance to answer in the shop's place. */
  readonly before?: (page: Page) => Promise<unknown>;
  /** The test makes requests fail: the browser's own words about them are no fault. */
  readonly expectsFailedRequests?: boolean;
}

let browser: Browser;
const contexts: BrowserContext[] = [];
/** What no page may ever do, of the test that runs. */
let faults: string[] = [];

/**
 * Every test of the file fails on an error in the console and on an unhandled rejection, and none of them meets what
 * another file left.
 */
export function usesBrowser(): void {
  beforeAll(async () => {
    await makeShopReady();
    browser = await connectToBrowser(inject('browserUrl'));
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail' || faults.length > 0) await picture(task.name);
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    const found = faults;
    faults = [];
    expect(found).toEqual([]);
  });
  afterAll(() => browser.close());
}

/** Opens the page of the running shop. @param address such as `#/orders`. */
export async function visit(address: string, options: VisitOptions = {}): Promise<Page> {
  const { theme = 'light', width = 1280, javaScript = true, timeZone, at } = options;
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: theme,
    javaScriptEnabled: javaScript,
    reducedMotion: 'reduce',
    ...(timeZone !== undefined && { timezoneId: timeZone }),
    ...(at && { proxy: at.proxy }),
  });
  contexts.push(context);
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  watch(page, options);
  await options.before?.(page);
  await page.goto(`${at?.pageUrl ?? inject('pageUrl')}/${address}`);
  return page;
}

function watch(page: Page, { expectsFailedRequests = false, javaScript = true }: VisitOptions): void {
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== 'localhost') faults.push(`elsewhere: ${request.url()}`);
  });
  page.on('pageerror', (error) => faults.push(`unhandled: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    // Seconds after a page is loaded, Chromium says that nobody asked for config.json.
    if (!javaScript && message.text().includes('preloaded using link preload but not used')) return;
    if (expectsFailedRequests && message.text().startsWith('Failed to load resource')) return;
    faults.push(`console: ${message.text()} ${message.location().url}`);
  });
}

/** What every page of the test looked like. */
async function picture(testName: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const name = testName.replaceAll(/[^\w-]+/g, '-').slice(0, 80);
  for (const [index, page] of contexts.flatMap((context) => context.pages()).entries()) {
    await page.screenshot({ path: path.join(SCREENSHOTS, `${name}-${index + 1}.png`), fullPage: true });
  }
}

/** The page itself never scrolls sideways. */
export async function overflowOf(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
