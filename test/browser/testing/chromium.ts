import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserServer } from 'playwright-core';

/** Debian's package; elsewhere CHROMIUM names the program. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** @throws Error that says what to install. A missing browser is a failure: nothing here is skipped. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch(launchOptions());
}

/** A browser for several processes, which each connect to it. @throws as `launchBrowser`. */
export function serveBrowser(): Promise<BrowserServer> {
  return chromium.launchServer(launchOptions());
}

/** Closing it closes what was opened over this connection. */
export function connectToBrowser(url: string): Promise<Browser> {
  return chromium.connect(url);
}

function launchOptions() {
  if (!existsSync(CHROMIUM)) throw new Error(`No browser at ${CHROMIUM}: apt-get install chromium, or set CHROMIUM.`);
  return { executablePath: CHROMIUM, args: ['--no-sandbox'] };
}
