// npm run bench -- cold-start: the part of a cold start that is ours, loading a function's bundle in a fresh
// process. Exits with 1 when a function is over its limits: judge by the CPU time when the machine has other work.
import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { liveCodeOf, namesIn } from '../infra/testing/function-code.ts';
import { buildFunctions, type FunctionBundle } from '../scripts/build-functions.ts';
import { findEntries } from '../scripts/function-entries.ts';
import { percentile } from './support/statistics.ts';

/** Of the median function, and of each. */
const MAX_MEDIAN_MS = 60;
const MAX_MS = 80;
const MAX_BYTES = 500_000;
const OUTPUT_FOLDER = 'dist/functions';
const runs = Number(process.argv[2] ?? 9);

interface Load {
  readonly wallMs: number;
  /** What the processors worked for it, V8's helpers included: other load on the machine changes it less. */
  readonly cpuMs: number;
  readonly residentMb: number;
  /** Live after it: what a worker of the embedded runtime pays once more for each function. */
  readonly heapMb: number;
}

/** Measures from before the import until the handler is ready, as Lambda's init does; no source maps, no compile cache. */
const PROGRAM = `
const [cpu, start] = [process.cpuUsage(), performance.now()];
await import(process.argv[1]);
const wallMs = performance.now() - start;
const { user, system } = process.cpuUsage(cpu);
const residentMb = process.memoryUsage.rss() / 2 ** 20;
gc();
const heapMb = process.memoryUsage().heapUsed / 2 ** 20;
console.log(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000, residentMb, heapMb }));
process.exit(0);
`;

/** What every function needs of Node to call AWS: of all that it loads, the part that is not ours. */
const NODE_ALONE = "data:text/javascript,for (const name of ['https', 'crypto']) process.getBuiltinModule(name)";

function loadOnce(name: string, settings: Readonly<Record<string, string>>): Load {
  const url = name === NODE_ALONE ? name : pathToFileURL(path.join(OUTPUT_FOLDER, `${name}.mjs`)).href;
  const program = ['--expose-gc', '--input-type=module', '-e', PROGRAM, url];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, {
    env: { PATH: process.env['PATH'], AWS_REGION: 'us-east-1', ...settings },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${name} does not load:\n${stderr}`);
  return JSON.parse(stdout) as Load;
}

/** A value for every variable that the function requires where it loads. */
async function settingsOf(source: string): Promise<Record<string, string>> {
  const required = namesIn(await liveCodeOf(source), /\benvVar\("(\w+)"\)/gu);
  const powertools = { POWERTOOLS_SERVICE_NAME: 'bench', POWERTOOLS_METRICS_NAMESPACE: 'Bench' };
  const valueOf = (name: string): string => (name === 'DEAD_LETTER_QUEUES' ? '[]' : 'http://127.0.0.1/bench');
  return { ...powertools, ...Object.fromEntries(required.map((name) => [name, valueOf(name)])) };
}

/** Round by round over all functions: a busy moment of the machine hits one run of each, not all runs of one. */
async function measure(): Promise<Map<string, Load[]>> {
  const entries = await findEntries('functions');
  const settings = new Map(
    await Promise.all([...entries].map(async ([name, source]) => [name, await settingsOf(source)] as const)),
  );
  const loads = new Map([NODE_ALONE, ...entries.keys()].map((name): [string, Load[]] => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const [name, measured] of loads) measured.push(loadOnce(name, settings.get(name) ?? {}));
  }
  return loads;
}

function rowOf({ name, importedBytes }: FunctionBundle, loads: readonly Load[]) {
  const median = (read: (load: Load) => number): number => percentile(loads.map(read), 0.5);
  return {
    name,
    importedBytes,
    wallMs: median(({ wallMs }) => wallMs),
    fastestMs: percentile(
      loads.map(({ wallMs }) => wallMs),
      0,
    ),
    cpuMs: median(({ cpuMs }) => cpuMs),
    residentMb: median(({ residentMb }) => residentMb),
    heapMb: median(({ heapMb }) => heapMb),
  };
}

const bundles = await buildFunctions('functions', OUTPUT_FOLDER, 'dist/source-maps');
const loads = await measure();
const rows = bundles.map((bundle) => rowOf(bundle, loads.get(bundle.name) ?? []));
const nodeAlone = rowOf({ name: 'https, crypto alone', importedBytes: 0 }, loads.get(NODE_ALONE) ?? []);
console.log(`median of ${runs} fresh processes, Node ${process.versions.node}, load ${loadavg()[0]?.toFixed(1)}`);
console.log(
  `${'function'.padEnd(24)}${['KB', 'ms', 'fastest', 'CPU ms', 'MB', 'heap MB'].map((head) => head.padStart(9)).join('')}`,
);
for (const { name, importedBytes, ...row } of [nodeAlone, ...rows]) {
  const numbers = [importedBytes / 1000, row.wallMs, row.fastestMs, row.cpuMs, row.residentMb];
  const columns = [...numbers.map((number) => number.toFixed(0)), row.heapMb.toFixed(1)];
  console.log(`${name.padEnd(24)}${columns.map((column) => column.padStart(9)).join('')}`);
}
const medianMs = percentile(
  rows.map(({ wallMs }) => wallMs),
  0.5,
);
console.log(`median function: ${medianMs.toFixed(0)} ms (target ${MAX_MEDIAN_MS})`);
const over = rows.filter(({ importedBytes, wallMs }) => wallMs > MAX_MS || importedBytes > MAX_BYTES);
for (const { name } of over) console.log(`${name} is over ${MAX_MS} ms or ${MAX_BYTES / 1000} KB`);
process.exitCode = over.length > 0 || medianMs > MAX_MEDIAN_MS ? 1 : 0;
