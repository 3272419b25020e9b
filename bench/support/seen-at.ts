import type { Page } from 'playwright-core';

/** When a page first showed what was looked for. */
export interface Seen {
  readonly sinceNavigationMs: number;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** Resolves when it is shown. The page notes the moment itself: no polling from outside blurs it. */
export async function seenAt(page: Page): Promise<Seen> {
  const noted = await page.locator('html[data-seen]').getAttribute('data-seen');
  return JSON.parse(noted ?? '') as Seen;
}

/** What runs in the page before anything else. */
seenAt.script = (selector: string): string => `
  const observer = new MutationObserver(() => {
    if (document.querySelector(${JSON.stringify(selector)}) === null) return;
    observer.disconnect();
    document.documentElement.dataset.seen = JSON.stringify({ sinceNavigationMs: performance.now(), atMs: Date.now() });
  });
  observer.observe(document, { childList: true, subtree: true, attributes: true });`;
