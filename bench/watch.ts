// How long an edit takes until the running shop works by it, as `npm start -- --watch` takes it up: from the write of
// the file to the first answer that shows it. npm run bench -- watch, or node bench/watch.ts [--port N] [--edits N]
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { PROJECT_FOLDER } from '../cli/synthesize.ts';
import { startShop, type ShopProcess } from './support/shop-process.ts';
import { percentile } from './support/statistics.ts';

const LIMIT_MS = 2_000;
const GIVEN_UP_AFTER_MS = 60_000;
const LOOKED_EVERY_MS = 10;
/** Of the project's root. */
const NOT_SOURCES = new Set(['.data', '.git', 'cdk.out', 'dist', 'node_modules']);
/** Between two edits, so that the type check of one is not under way at the next. */
const PAUSE_MS = 3_000;

const { values: flags } = parseArgs({
  options: { port: { type: 'string', default: '25576' }, edits: { type: 'string', default: '10' } },
});

/** An edit that shows from outside. */
interface Edit {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: (revision: string) => string;
  /** What the running shop says. */
  readonly look: (shop: ShopProcess) => Promise<string>;
}

const EDITS: readonly Edit[] = [
  {
    what: 'a handler, answering over HTTP',
    file: 'functions/catalog/product-catalog.ts',
    from: "!isListed(product)) throw new ProblemError('PRODUCT_NOT_FOUND')",
    to: (revision) => `!isListed(product)) throw new ProblemError('PRODUCT_NOT_FOUND', { detail: '${revision}' })`,
    look: async ({ httpApiUrl }) => (await fetch(`${httpApiUrl}/products/NO-SUCH`)).text(),
  },
  {
    what: 'a workflow, as DescribeStateMachine shows it',
    file: 'workflows/order-saga.ts',
    from: "'Turns one basket checkout into",
    to: (revision) => `'${revision} Turns one basket checkout into`,
    look: async ({ deployment }) => {
      const stateMachineArn = deployment.output('StateMachineArn');
      const { definition } = await deployment.stepFunctions.send(new DescribeStateMachineCommand({ stateMachineArn }));
      return definition ?? '';
    },
  },
];

const project = copyOfProject();
const shop = await startShop(Number(flags.port), ['cli/start.ts', '--no-samples', '--watch'], {
  folder: project,
  until: 'Watching',
});
try {
  for (const edit of EDITS) {
    const tookMs: number[] = [];
    for (let n = 1; n <= Number(flags.edits); n += 1) {
      tookMs.push(await msUntilLive(edit, `revision-${n}.`));
      await delay(PAUSE_MS);
    }
    report(edit, tookMs);
  }
} finally {
  await shop.stop();
  rmSync(project, { recursive: true });
}

/** Edits are made in a copy: the work tree stays as it is, whatever becomes of the bench. */
function copyOfProject(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'watched-project-'));
  const isSource = (source: string): boolean => !NOT_SOURCES.has(path.relative(PROJECT_FOLDER, source));
  cpSync(PROJECT_FOLDER, folder, { recursive: true, filter: isSource });
  symlinkSync(path.join(PROJECT_FOLDER, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

async function msUntilLive({ what, file, from, to, look }: Edit, revision: string): Promise<number> {
  const target = path.join(project, file);
  const original = readFileSync(path.join(PROJECT_FOLDER, file), 'utf8');
  if (!original.includes(from)) throw new Error(`${file} has no text ${from} any more: see bench/watch.ts.`);
  const edited = original.replace(from, () => to(revision));
  const writtenAtMs = performance.now();
  writeFileSync(target, edited);
  while (performance.now() - writtenAtMs < GIVEN_UP_AFTER_MS) {
    if ((await look(shop)).includes(revision)) return performance.now() - writtenAtMs;
    await delay(LOOKED_EVERY_MS);
  }
  throw new Error(`${what}: edit ${revision} of ${file} is not live after ${GIVEN_UP_AFTER_MS / 1000} s`);
}

function report({ what }: Edit, tookMs: readonly number[]): void {
  const [p50, max] = [percentile(tookMs, 0.5), Math.max(...tookMs)].map((ms) => (ms / 1000).toFixed(2));
  console.log(`${what}: ${tookMs.length} edits, p50 ${p50} s, max ${max} s (limit ${LIMIT_MS / 1000} s)`);
  if (Math.max(...tookMs) > LIMIT_MS) process.exitCode = 1;
}
