import type { TestProject } from 'vitest/node';
import { startShopProcess } from './shop-process.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the page, without a slash at the end. */
    readonly pageUrl: string;
  }
}

/** One shop for all files. */
export default async function startShop({ provide }: TestProject): Promise<() => Promise<void>> {
  const shop = await startShopProcess();
  provide('pageUrl', shop.pageUrl);
  return () => shop.stop();
}
