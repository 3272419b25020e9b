// npm run campaigns -- faults torture: plays the campaigns of these names, two side by side, all of them without a name.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';
import { colors } from '../../cli/colors.ts';
import { runCommand, UserError } from '../../cli/user-error.ts';
import { withSharedAssembly } from './support/assembly.ts';
import type { Counts } from './support/counts.ts';
import { stopSignal, stopWith } from './support/stop-signal.ts';

const FOLDER = import.meta.dirname;
const NAMES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.replace(/\.ts$/, ''));

const USAGE = `Everything that is too long for npm test. Each campaign is a file in test/campaigns/.

  npm run campaigns                        all of them but restore-drill, at the length that fits into a build
  npm run campaigns -- NAME...             only these: ${NAMES.join(', ')}
  npm run campaigns -- NAME [options]      one of them with options of its own; NAME --help tells which

Several are played three at a time: two that live in real time, and beside them one that only computes, with what they
leave of the processors; when all that compute have ended, a third in real time. What each prints is shown when it has
ended, or is stopped: Ctrl-C begins no other, and tells what was played so far.

Exit code: 0 nothing failed, 1 something did, 130 or 143 stopped by a signal before anything failed.
`;

/** In virtual time nothing comes too late: these give way to all others. */
const COMPUTING: readonly string[] = ['faults', 'duplicates', 'mutants', 'histories'];
const LOW_PRIORITY = 10;
/** Of the others. */
const SIDE_BY_SIDE = 2;
/** Of what a failed campaign printed, how much is told once more at the end: who reads it may get to see that alone. */
const LAST_LINES = 30;
/** `.ci/run` reads from this line on. */
const FAILED_HEADING = 'what failed:';
/** Two minutes of real time, for events whose stream was lost wait until the sweeper takes them for old. Once a week. */
const BY_NAME_ONLY = 'restore-drill';
/** Longest first, so that those side by side end at the same time; what is not named here takes less than these. */
const LONGEST = ['browser', 'torture', 'upgrade-drill', 'cost', 'machine-faults', 'backups', 'contract', 'packaging'];

const stop = stopSignal();

interface Played extends Counts {
  readonly name: string;
  readonly seconds: number;
  /** What it printed, where it did not go to the terminal at once. */
  readonly printed?: string;
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
  const startedAtMs = performance.now();
  const chosen = names.length > 0 ? names : NAMES.filter((name) => name !== BY_NAME_ONLY);
  const played = await (chosen.length === 1
    ? playAlone(chosen[0]!, options)
    : withSharedAssembly(() => playSeveral(chosen)));
  if (options.includes('--help')) return;
  summarize(played, secondsSince(startedAtMs));
});

async function playAlone(name: string, options: readonly string[]): Promise<Played[]> {
  announce(name, options);
  return [await play(fork(`${FOLDER}/${name}.ts`, options, { stdio: 'inherit' }), name)];
}

async function playSeveral(names: readonly string[]): Promise<Played[]> {
  const place = (name: string): number => (LONGEST.includes(name) ? LONGEST.indexOf(name) : LONGEST.length);
  const inRealTime = names
    .filter((name) => !COMPUTING.includes(name))
    .toSorted((one, other) => place(one) - place(other));
  const computing = names.filter((name) => COMPUTING.includes(name));
  const played: Played[] = [];
  const playNext = async (waiting: string[]): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined && !stop.aborted; name = waiting.shift())
      played.push(await playQuietly(name));
  };
  const lanes = Array.from({ length: SIDE_BY_SIDE }, () => playNext(inRealTime));
  // What the computing ones leave of the processors goes to the last of the others.
  lanes.push(playNext(computing).then(() => playNext(inRealTime)));
  await Promise.all(lanes);
  return played.toSorted((one, other) => one.name.localeCompare(other.name));
}

/** Shows what it printed in one piece, so that two of them do not mix. */
async function playQuietly(name: string): Promise<Played> {
  console.log(`… ${name}`);
  const child = fork(`${FOLDER}/${name}.ts`, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  // What it starts inherits it.
  if (COMPUTING.includes(name) && child.pid !== undefined) setPriority(child.pid, LOW_PRIORITY);
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => printed.push(chunk));
  const played = await play(child, name);
  announce(name);
  process.stdout.write(Buffer.concat(printed));
  return { ...played, printed: Buffer.concat(printed).toString() };
}

function announce(name: string, options: readonly string[] = []): void {
  console.log(colors.bold(`\n${[name, ...options].join(' ')}`));
}

/** In a process of its own: several of them take the place of the process's time and network. */
async function play(child: ChildProcess, name: string): Promise<Played> {
  const startedAtMs = performance.now();
  let counts: Counts | undefined;
  stopWith(stop, child);
  child.on('message', (message) => (counts = message as Counts));
  // `close` comes after the last of what it prints, `exit` may come before.
  const [code] = (await once(child, 'close')) as [number | null];
  const seconds = secondsSince(startedAtMs);
  const { passed = 0, failed = 0 } = counts ?? {};
  // One that ends in trouble without a count, or with a good one, has failed all the same; unless it was stopped.
  return { name, seconds, passed, failed: code === 0 || stop.aborted ? failed : Math.max(1, failed) };
}

function secondsSince(startedAtMs: number): number {
  return Math.round((performance.now() - startedAtMs) / 1000);
}

function summarize(played: readonly Played[], seconds: number): void {
  const sum = (key: 'passed' | 'failed'): number => played.reduce((total, each) => total + each[key], 0);
  const rows = [...played, { name: 'all', passed: sum('passed'), failed: sum('failed'), seconds }];
  console.log(`\n${'campaign'.padEnd(16)} ${'passed'.padStart(7)} ${'failed'.padStart(7)} ${'seconds'.padStart(8)}`);
  for (const { name, passed, failed, seconds: took } of rows) {
    const line = `${name.padEnd(16)} ${String(passed).padStart(7)} ${String(failed).padStart(7)} ${String(took).padStart(8)}`;
    console.log(failed > 0 ? colors.red(line) : line);
  }
  tellAgain(played);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${stop.aborted ? ', stopped before the end' : ''}`);
  if (sum('failed') > 0) process.exitCode = 1;
}

function tellAgain(played: readonly Played[]): void {
  const failed = played.filter((each) => each.failed > 0 && each.printed !== undefined);
  if (failed.length === 0) return;
  console.log(`\n${FAILED_HEADING}`);
  for (const { name, printed = '' } of failed) {
    console.log(`- ${name}`);
    for (const line of printed.trimEnd().split('\n').slice(-LAST_LINES)) console.log(`    ${line}`);
  }
}
