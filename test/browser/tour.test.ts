import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import { expect, inject, test } from 'vitest';
import { PROJECT_FOLDER } from '../../cli/synthesize.ts';
import { readTour, type Instruction } from './testing/readme-tour.ts';
import { endpointUrlOf } from './testing/shop-process.ts';
import { emptyBasket } from './testing/shop-stories.ts';
import { usesBrowser, visit } from './testing/visit.ts';

usesBrowser();

const tour = readTour();
/** What a call had begun when a kill cut it off may be tried again only when its time is over. */
const AS_TOLD_MS = 300_000;

test('the tour of the README buys, declines, breaks the provider, kills the runtime and checks the books', async () => {
  expect(tour.stops.map(({ title }) => title)).toEqual([
    'Buy',
    'Decline',
    'Break the provider',
    'Kill it',
    'Check the books',
  ]);
  const page = await visit('#/shop', { expectsFailedRequests: true });
  await emptyBasket(page);
  await page.goto(new URL('#/', page.url()).href);
  for (const { title, instructions } of tour.stops) {
    expect(instructions.length, title).toBeGreaterThan(1);
    let place: Locator | undefined;
    for (const instruction of instructions) {
      if (instruction.kind === 'press at') place = placeCalled(page, instruction.place);
      await follow(instruction, page, place);
    }
  }
});

test('its commands do the same in a terminal', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tour-'));
  try {
    const said = await inTerminal(folder);
    expect(said.match(/status +CONFIRMED|CONFIRMED/g)?.length).toBeGreaterThan(1);
    expect(said).toContain('PAYMENT_DECLINED');
    expect(said).toMatch(/rules? hold/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function placeCalled(page: Page, name: string): Locator {
  return page.getByRole('article', { name, exact: true });
}

async function follow(instruction: Instruction, page: Page, place: Locator | undefined): Promise<void> {
  const { kind, label } = instruction;
  switch (kind) {
    case 'open':
      return page.getByRole('navigation').getByRole('link', { name: label, exact: true }).click();
    case 'press':
      return page.getByRole('button', { name: label, exact: true }).click();
    case 'follow':
      return page.getByRole('link', { name: label, exact: true }).click();
    case 'choose':
      return page.getByLabel(label).check();
    case 'press at':
      return placeCalled(page, instruction.place).getByText(label).click();
    case 'says':
      return page.getByText(label).filter({ visible: true }).first().waitFor();
    case 'says there':
      if (place === undefined) throw new Error('"There" follows nothing.');
      return place.getByText(label).first().waitFor({ timeout: AS_TOLD_MS });
  }
}

/** The README's lines as they stand, for a shop on other ports. */
async function inTerminal(folder: string): Promise<string> {
  const port = Number(new URL(inject('pageUrl')).port);
  const commands = tour.commands
    .replaceAll('npm run', `npm --prefix ${PROJECT_FOLDER} run`)
    .replaceAll('localhost:4568', `localhost:${port - 1}`)
    .replaceAll(' order.json', ` ${path.join(folder, 'order.json')}`);
  const env = { ...process.env, NO_COLOR: '1', AWS_ENDPOINT_URL: endpointUrlOf(inject('pageUrl')) };
  const { stdout } = await promisify(execFile)('sh', ['-ec', commands], { cwd: folder, env });
  return stdout;
}
