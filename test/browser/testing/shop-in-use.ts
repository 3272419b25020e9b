import type { TestProject } from 'vitest/node';
import { serveBrowser } from './chromium.ts';
import { startShopProcess } from './shop-process.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the page, without a slash at the end. */
    readonly pageUrl: string;
    /** Where `connectToBrowser` finds the browser. */
    readonly browserUrl: string;
  }
}

/** One shop and one browser for all files: each takes seconds to start. */
export default async function startShop({ provide }: TestProject): Promise<() => Promise<void>> {
  const browser = await serveBrowser(); // first: without one there is nothing to test
  const shop = await startShopProcess();
  provide('browserUrl', browser.wsEndpoint());
  provide('pageUrl', shop.pageUrl);
  return async () => {
    await browser.close();
    await shop.stop();
  };
}
