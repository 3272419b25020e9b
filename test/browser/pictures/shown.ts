import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import type { Scene } from './scenes.ts';

/** What differs from one run to the next, and says nothing about the page. */
const PASSING: readonly (readonly [RegExp, string])[] = [
  [/[0-9A-HJKMNP-TV-Z]{26}/g, 'ORDER'],
  [/\d+(?:\.\d+)? (?:ms|s|min)\b/g, 'TIME'],
  [/\b\d{1,2} [A-Z][a-z]+, (?=\d\d:\d\d)/g, ''], // of a day that has ended meanwhile
  [/\d+/g, '0'],
];

/**
 * What a scene shows: the words and roles of its part of the page, and one line for the style rules that apply to it.
 * Not its pixels: these differ by fonts and versions of the browser.
 */
export async function shownBy(page: Page, { shows }: Pick<Scene, 'shows'>): Promise<string> {
  const words = await page.locator(shows).ariaSnapshot();
  const style = await page.evaluate<string>(`(${APPLIED_RULES})(${JSON.stringify(shows)})`);
  const told = PASSING.reduce((text, [pattern, by]) => text.replaceAll(pattern, by), words);
  return `${told}\nstyle ${createHash('sha256').update(style).digest('base64url').slice(0, 16)}\n`;
}

/** Runs in the page, so it is text: no type here knows a document. Rules of a state that nothing is in are not pictured. */
const APPLIED_RULES = `(shows) => {
  const part = document.querySelector(shows);
  const isApplied = (selector) =>
    part.querySelector(selector) !== null || part.matches(selector) || document.documentElement.matches(selector);
  const textsOf = (rules) =>
    Array.from(rules).flatMap((rule) => {
      if (rule instanceof CSSStyleRule) return isApplied(rule.selectorText) ? [rule.cssText] : [];
      if (rule instanceof CSSMediaRule) return matchMedia(rule.conditionText).matches ? textsOf(rule.cssRules) : [];
      return [];
    });
  return Array.from(document.styleSheets).flatMap((sheet) => textsOf(sheet.cssRules)).join('\\n');
}`;
