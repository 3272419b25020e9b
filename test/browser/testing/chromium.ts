import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Debian's package; elsewhere CHROMIUM names the program. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** @throws Error that says what to install. A missing browser is a failure: nothing here is skipped. */
export async function launchBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error(`No browser at ${CHROMIUM}: apt-get install chromium, or set CHROMIUM.`);
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
}
