import type { ComponentType } from 'preact';
import { Inbox } from './inbox/inbox.tsx';
import { Lab } from './lab/lab.tsx';
import { Orders } from './orders/orders.tsx';
import { Runtime } from './runtime/runtime.tsx';
import { Shop } from './shop/shop.tsx';
import { SignIn } from './sign-in/sign-in.tsx';
import { Start } from './start/start.tsx';
import { Stock } from './stock/stock.tsx';

export interface PageEntry {
  /** First part of its address. */
  readonly name: string;
  readonly title: string;
  /** What must be there for it: an admin, or the parts behind the shop as well. A `link` elsewhere leads to the last kind. */
  readonly needs?: 'admin' | 'machine' | 'link';
  /** `path`: what follows its name in the address. */
  readonly View: ComponentType<{ readonly path: readonly string[] }>;
}

/** Every page, in the order of the navigation. */
export const pages: readonly PageEntry[] = [
  { name: 'start', title: 'Start', View: Start },
  { name: 'shop', title: 'Shop', View: Shop },
  { name: 'orders', title: 'Orders', needs: 'admin', View: Orders },
  { name: 'inbox', title: 'Inbox', needs: 'admin', View: Inbox },
  { name: 'stock', title: 'Stock', needs: 'admin', View: Stock },
  { name: 'lab', title: 'Lab', needs: 'machine', View: Lab },
  { name: 'runtime', title: 'Runtime', needs: 'machine', View: Runtime },
  { name: 'sign-in', title: 'Sign in', needs: 'link', View: SignIn },
];

export function pageAt(name: string): PageEntry | undefined {
  return pages.find((page) => page.name === name);
}
