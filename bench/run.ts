// npm run bench -- http orders: runs the benches of these names one after another, all of them without a name.
// npm run bench -- orders --against REV [--pairs 5]: orders of this checkout and of another revision in turn.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { colors } from '../cli/colors.ts';
import { readCommandLine } from '../cli/read-flags.ts';
import { runCommand, UserError } from '../cli/user-error.ts';
import { memoryLatencyNs } from './support/memory-latency.ts';

const FOLDER = import.meta.dirname;

await runCommand(async () => {
  const { positionals, values } = readCommandLine({
    allowPositionals: true,
    options: { against: { type: 'string' }, pairs: { type: 'string' } },
  });
  if (values.against !== undefined || values.pairs !== undefined) return compare(positionals, values);
  const benches = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'run.ts')
    .map((file) => file.replace(/\.ts$/, ''));
  const unknown = positionals.filter((name) => !benches.includes(name));
  if (unknown.length > 0) throw new UserError(`No bench ${unknown.join(', ')}: there are ${benches.join(', ')}.`);
  const failed: string[] = [];
  for (const name of positionals.length > 0 ? positionals : benches) if (!(await isRun(name))) failed.push(name);
  if (failed.length > 0) throw new UserError(`Failed, or over their limits: ${failed.join(', ')}.`);
});

async function compare(names: readonly string[], flags: Readonly<Record<string, string | undefined>>): Promise<void> {
  if (names.join() !== 'orders') throw new UserError('Only orders are compared: npm run bench -- orders --against REV');
  const given = Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  if (!(await isRun('comparison/compare-orders', given))) throw new UserError('The comparison failed.');
}

/** In a process of its own: none measures what another left behind. @returns whether it ended well. */
async function isRun(name: string, flags: readonly string[] = []): Promise<boolean> {
  console.log(`\n${colors.bold(name)}`);
  const beforeNs = memoryLatencyNs();
  const child = spawn(process.execPath, ['--expose-gc', `${FOLDER}/${name}.ts`, ...flags], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  const [before, after] = [beforeNs, memoryLatencyNs()].map((latencyNs) => `${latencyNs.toFixed(0)} ns`);
  console.log(colors.dim(`memory: a read past the caches took ${before} before and ${after} after`));
  return code === 0;
}
