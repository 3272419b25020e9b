import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { overflowOf } from './visit.ts';

/** Each with whether axe looks, too: each theme and each width is enough for it, and it takes seconds. */
const LOOKS = [
  ['light', 1280, true],
  ['light', 390, false],
  ['dark', 390, true],
  ['dark', 1280, false],
] as const;

/** For a state within a story, of a page that has a test of its looks elsewhere. */
export const AT_A_GLANCE = [['dark', 390, true]] as const;

/**
 * In every theme and width: one heading to be seen, no scrolling sideways, no serious fault of accessibility. What the
 * page shows by then is for the test to say; whatever it still loads is waited for.
 */
export async function looksWell(page: Page, looks: typeof LOOKS | typeof AT_A_GLANCE = LOOKS): Promise<void> {
  await expect.poll(() => page.locator('.loading').count()).toBe(0);
  for (const [colorScheme, width, byAxe] of looks) {
    const look = `${colorScheme}, ${width}`;
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 900 });
    expect(await overflowOf(page), look).toBe(0);
    expect(await page.locator('main h1').isVisible(), look).toBe(true);
    expect(byAxe ? await seriousFaults(page) : [], look).toEqual([]);
  }
}

async function seriousFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}
