// npm run campaigns -- faults torture: plays the campaigns of these names one after another, all of them without a name.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { colors } from '../../cli/colors.ts';
import { runCommand, UserError } from '../../cli/user-error.ts';
import { withSharedAssembly } from './support/assembly.ts';
import type { Counts } from './support/counts.ts';

const FOLDER = import.meta.dirname;
const NAMES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.replace(/\.ts$/, ''));

const USAGE = `Everything that is too long for npm test. Each campaign is a file in test/campaigns/.

  npm run campaigns                        all of them, at the length that fits into a build
  npm run campaigns -- NAME...             only these: ${NAMES.join(', ')}
  npm run campaigns -- NAME [options]      one of them with options of its own; NAME --help tells which

Exit code: 0 nothing failed, 1 something did.
`;

interface Played extends Counts {
  readonly name: string;
  readonly seconds: number;
}

await runCommand(async () => {
  const given = process.argv.slice(2);
  const firstOption = given.findIndex((argument) => argument.startsWith('-'));
  const names = firstOption === -1 ? given : given.slice(0, firstOption);
  const options = firstOption === -1 ? [] : given.slice(firstOption);
  if (names.length === 0 && options.includes('--help')) return console.log(USAGE);
  const unknown = names.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) throw new UserError(`No campaign ${unknown.join(', ')}: there are ${NAMES.join(', ')}.`);
  if (options.length > 0 && names.length !== 1) throw new UserError('Options go to one campaign: name exactly one.');
  const played: Played[] = [];
  const playEach = async (): Promise<void> => {
    for (const name of names.length > 0 ? names : NAMES) played.push(await play(name, options));
  };
  await (names.length === 1 ? playEach() : withSharedAssembly(playEach));
  if (options.includes('--help')) return;
  summarize(played);
});

/** In a process of its own: several of them take the place of the process's time and network. */
async function play(name: string, options: readonly string[]): Promise<Played> {
  console.log(colors.bold(`\n${name} ${options.join(' ')}`.trimEnd()));
  const startedAtMs = performance.now();
  const child = fork(`${FOLDER}/${name}.ts`, options, { stdio: 'inherit' });
  let counts: Counts | undefined;
  child.on('message', (message) => (counts = message as Counts));
  const [code] = (await once(child, 'exit')) as [number | null];
  const seconds = Math.round((performance.now() - startedAtMs) / 1000);
  const { passed = 0, failed = 0 } = counts ?? {};
  // One that ends in trouble without a count, or with a good one, has failed all the same.
  return { name, seconds, passed, failed: code === 0 ? failed : Math.max(1, failed) };
}

function summarize(played: readonly Played[]): void {
  const sum = (key: 'passed' | 'failed' | 'seconds'): number => played.reduce((total, each) => total + each[key], 0);
  const rows = [...played, { name: 'all', passed: sum('passed'), failed: sum('failed'), seconds: sum('seconds') }];
  console.log(`\n${'campaign'.padEnd(16)} ${'passed'.padStart(7)} ${'failed'.padStart(7)} ${'seconds'.padStart(8)}`);
  for (const { name, passed, failed, seconds } of rows) {
    const line = `${name.padEnd(16)} ${String(passed).padStart(7)} ${String(failed).padStart(7)} ${String(seconds).padStart(8)}`;
    console.log(failed > 0 ? colors.red(line) : line);
  }
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  if (sum('failed') > 0) process.exitCode = 1;
}
