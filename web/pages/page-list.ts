import type { ComponentType } from 'preact';
import { Shop } from './shop/shop.tsx';
import { Start } from './start/start.tsx';

export interface PageEntry {
  /** First part of its address. */
  readonly name: string;
  readonly title: string;
  /** Without it, the page is not offered: the API refuses it, or there is nothing to ask. */
  readonly needs?: 'admin' | 'machine';
  /** `path`: what follows its name in the address. */
  readonly View: ComponentType<{ readonly path: readonly string[] }>;
}

/** Every page, in the order of the navigation. */
export const pages: readonly PageEntry[] = [
  { name: 'start', title: 'Start', View: Start },
  { name: 'shop', title: 'Shop', View: Shop },
];

export function pageAt(name: string): PageEntry | undefined {
  return pages.find((page) => page.name === name);
}
