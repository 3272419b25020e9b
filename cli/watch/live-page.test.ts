import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LivePage } from './live-page.ts';

let root: string;
let page: LivePage;
let told: string[];
let next: PromiseWithResolvers<void>;

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'live-page-'));
  const web = path.join(root, 'web');
  mkdirSync(web);
  mkdirSync(path.join(root, 'out'));
  for (const name of ['index.html', 'returned.html']) cpSync(path.join('web', name), path.join(web, name));
  writeFileSync(path.join(web, 'page.tsx'), "document.title = 'first';");
  writeFileSync(path.join(web, 'returned.ts'), '');
  writeFileSync(path.join(web, 'page.css'), '');
  told = [];
  next = Promise.withResolvers();
  const tell = (line: string): void => {
    told.push(line);
    next.resolve();
    next = Promise.withResolvers();
  };
  page = new LivePage({
    root,
    outputFolder: path.join(root, 'out'),
    onBuilt: () => tell('built'),
    onFaults: (faults) => tell(faults.join()),
  });
  await page.ready();
});

afterEach(async () => {
  await page.stop();
  rmSync(root, { recursive: true });
});

test('an edit of the page is built, a mistake is told with its place, and the old page stays', async () => {
  const built = path.join(root, 'out', 'page.js');
  let heard = next.promise;
  edit("document.title = 'second';");
  await heard;
  expect(readFileSync(built, 'utf8')).toContain('second');

  heard = next.promise;
  edit('document.title = ;');
  await heard;
  expect(told).toEqual(['built', expect.stringMatching(/^web\/page\.tsx:1:\d+: /)]);
  expect(readFileSync(built, 'utf8')).toContain('second');
});

/** In one step: a file that is being written is seen empty, too. */
function edit(text: string): void {
  const draft = path.join(root, 'draft');
  writeFileSync(draft, text);
  renameSync(draft, path.join(root, 'web', 'page.tsx'));
}
