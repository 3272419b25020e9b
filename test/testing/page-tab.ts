import { vi } from 'vitest';

/** A tab of a browser, as far as the page's sign-in needs one: it goes where it is led, and keeps cookies. */
export interface PageTab {
  /** Loads the page anew, as a browser does that comes to its address; the page's own memory is gone. */
  load(): Promise<PageModules>;
  /** Follows where the page leads, fills in the sign-in form where there is one, and comes back to the page. */
  followTo(username: string, password: string): Promise<void>;
  /** What the page has called, by method and path. */
  readonly calls: string[];
  readonly address: () => string;
  close(): void;
}

/** What a test drives of the page. */
export interface PageModules {
  startSession(config: unknown): Promise<void>;
  signIn(role: 'customer' | 'operator'): Promise<void>;
  signOut(role: 'customer' | 'operator'): void;
  callAs(role: 'customer' | 'operator', path: string, request?: object): Promise<{ readonly body: unknown }>;
  readonly customer: { readonly value: { readonly username: string; readonly accessToken: string } | undefined };
}

export interface PageTabOptions {
  /** Where the page's files lie. */
  readonly pageUrl: string;
  /** Where the calls of the page go that begin with the key. */
  readonly backends: Readonly<Record<string, string>>;
}

/** By a name that the compiler does not follow: the page is checked with the types of a browser. */
const SESSION_MODULE = ['..', '..', 'web', 'platform', 'session.ts'].join('/');

export function openPageTab({ pageUrl, backends }: PageTabOptions): PageTab {
  const realFetch = globalThis.fetch;
  const stored = new Map<string, string>();
  const cookies = new Map<string, string>();
  const calls: string[] = [];
  let address = new URL(pageUrl);
  let ledTo: string | undefined;

  vi.stubGlobal('location', {
    get search() {
      return address.search;
    },
    get hash() {
      return address.hash;
    },
    get origin() {
      return address.origin;
    },
    get pathname() {
      return address.pathname;
    },
    assign: (to: string) => (ledTo = to),
  });
  vi.stubGlobal('history', {
    replaceState: (_state: unknown, _title: string, to: string) => (address = new URL(to, address)),
  });
  vi.stubGlobal('sessionStorage', {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
    removeItem: (name: string) => stored.delete(name),
  });
  vi.stubGlobal('fetch', (path: string, init?: RequestInit) => {
    calls.push(`${init?.method ?? 'GET'} ${path}`);
    const [area, base] = Object.entries(backends).find(([name]) => path.startsWith(name)) ?? [];
    if (area === undefined) throw new Error(`The page calls ${path}, which is behind no address of its own.`);
    return realFetch(base + path.slice(area.length), init);
  });

  /** One step of a navigation; a redirect is not followed. */
  async function go(to: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await realFetch(to, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }

  async function followTo(username: string, password: string): Promise<void> {
    if (ledTo === undefined) throw new Error('The page leads nowhere.');
    let from = ledTo;
    ledTo = undefined;
    let response = await go(from);
    if (response.status === 200) {
      const action = /action="([^"]+)"/.exec(await response.text())?.[1]?.replaceAll('&amp;', '&') ?? '';
      from = new URL(action, from).href;
      response = await go(from, { method: 'POST', body: new URLSearchParams({ username, password }) });
    }
    const to = response.headers.get('location');
    if (to === null) throw new Error(`${from} answers ${response.status}: ${await response.text()}`);
    address = new URL(to, from);
  }

  return {
    calls,
    followTo,
    address: () => address.href,
    load: async () => {
      vi.resetModules();
      return (await import(SESSION_MODULE)) as PageModules;
    },
    close: () => vi.unstubAllGlobals(),
  };
}
