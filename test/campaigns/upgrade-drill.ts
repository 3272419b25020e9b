import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { colors } from '../../cli/colors.ts';
import { runCommand } from '../../cli/user-error.ts';
import { knowsShards, tasksOf } from '../upgrade-drill/assembly-facts.ts';
import { BREAKING_CHANGES, caughtBy, COMPATIBLE_CHANGES, type Change } from '../upgrade-drill/changes.ts';
import { holdShop, playUpgrade, type HeldShop } from '../upgrade-drill/play-upgrade.ts';
import { assemble, buildSandbox, nameOf, revisionBefore, type Source } from '../upgrade-drill/revision.ts';
import { countsOf, report } from './support/counts.ts';

const USAGE = `Deploys another revision onto a running shop with orders in every state of every workflow: tried again, waiting for a
customer, parked, and between the functions. Then everything is finished, and every invariant is checked.

  npm run upgrade-drill                  from the last release (a tag v*), or else the commit before, to the code here
  --from REV    another revision to begin with
  --to REV      another revision to end with
  --back        afterwards from the newer revision to the older one: a roll-back
  --changes     deliberate breaking changes, each of which must be caught for its reason, and compatible ones, which
                must pass
  --only TEXT   with --changes: those whose title holds the text
  --all         all of it

Without a history (a shallow clone, an archive) the code here is deployed onto itself.
`;

const { values: flags } = parseArgs({
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    back: { type: 'boolean', default: false },
    changes: { type: 'boolean', default: false },
    only: { type: 'string' },
    all: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const HERE: Source = { edits: [] };
/** A customer has a quarter of an hour: orders that were held for longer end by themselves. */
const HELD_FOR_MS = 8 * 60_000;
const folder = mkdtempSync(path.join(tmpdir(), 'upgrade-drill-'));
const assembled = new Map<string, Promise<string>>();

if (flags.help) console.log(USAGE);
else {
  await runCommand(async () => {
    try {
      await buildSandbox();
      const isAsked = flags.from !== undefined || flags.to !== undefined || flags.back;
      const outcomes = [
        ...(flags.changes && !isAsked ? [] : await playRevisions()),
        ...(flags.changes || flags.all || flags.only !== undefined ? await playChanges() : []),
      ];
      report(countsOf(outcomes));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

async function playRevisions(): Promise<boolean[]> {
  const revision = flags.from ?? (await revisionBefore());
  const from: Source = revision === undefined ? HERE : { revision };
  const to: Source = flags.to === undefined ? HERE : { revision: flags.to };
  const outcomes = [await playBetween(from, to)];
  if (flags.back || flags.all) outcomes.push(await playBetween(to, from));
  return outcomes;
}

async function playBetween(from: Source, to: Source): Promise<boolean> {
  const [older, newer] = await Promise.all([assemblyOf(from), assemblyOf(to)]);
  const shop = await holdShop({ from: older, isUnderLoad: true, gathersShards: !knowsShards(newer) });
  try {
    tellCoverage(shop, older);
    const problems = await playUpgrade(shop, newer);
    tell(problems.length === 0, `from ${nameOf(from)} to ${nameOf(to)}`, problems);
    return problems.length === 0;
  } finally {
    rmSync(shop.dataFolder, { recursive: true, force: true });
  }
}

/** Whether what went wrong is what it should be, and what is shown of it. */
type Judge = (problems: readonly string[]) => [isRight: boolean, shown: readonly string[]];

async function playChanges(): Promise<boolean[]> {
  const isWanted = ({ title }: Change): boolean => title.includes(flags.only ?? '');
  const outcomes: boolean[] = [];
  let shop: HeldShop | undefined;
  const held = async (): Promise<HeldShop> => {
    if (shop && Date.now() - shop.heldSinceMs < HELD_FOR_MS) return shop;
    shop = await holdShop({ from: await assemblyOf(HERE), isUnderLoad: false, gathersShards: false });
    return shop;
  };
  const play = async (title: string, change: Change, judge: Judge): Promise<void> => {
    try {
      const [isRight, shown] = judge(await playChange(change, held));
      tell(isRight, `${title}: ${change.title}`, shown);
      outcomes.push(isRight);
    } catch (error) {
      // A change that cannot be built, or orders that cannot be held, prove nothing.
      tell(false, `${title}: ${change.title}`, [String(error)]);
      outcomes.push(false);
    }
  };
  for (const change of BREAKING_CHANGES.filter(isWanted)) {
    await play('caught', change, (problems) => {
      const reason = caughtBy(change, problems);
      return reason === undefined
        ? [false, [`not for its reason: ${String(change.because)}`, ...problems]]
        : [true, [reason]];
    });
  }
  for (const change of COMPATIBLE_CHANGES.filter(isWanted)) {
    await play('passes', change, (problems) => [problems.length === 0, problems]);
  }
  return outcomes;
}

async function playChange({ edits, direction }: Change, held: () => Promise<HeldShop>): Promise<readonly string[]> {
  const [here, edited] = await Promise.all([assemblyOf(HERE), assemblyOf({ edits })]);
  if (direction !== 'back') return playUpgrade(await held(), edited);
  return playUpgrade(await holdShop({ from: edited, isUnderLoad: false, gathersShards: false }), here);
}

/** Each source is built once. */
function assemblyOf(source: Source): Promise<string> {
  const key = JSON.stringify(source);
  const known = assembled.get(key) ?? assemble(source, path.join(folder, `assembly-${assembled.size}`));
  assembled.set(key, known);
  return known;
}

function tell(isRight: boolean, title: string, problems: readonly string[]): void {
  console.log(`${isRight ? colors.green('✔') : colors.red('✘')} ${title}`);
  for (const problem of problems) console.log(`    ${problem}`);
}

/** Which states the workflows of an assembly have, and at which nobody stood. */
function tellCoverage({ stoodAt, held }: HeldShop, assemblyFolder: string): void {
  const states = tasksOf(assemblyFolder);
  const missed = states.filter((state) => !stoodAt.includes(state));
  console.log(`${held.length} orders at ${states.length - missed.length} of ${states.length} states of the workflows`);
  if (missed.length > 0) console.log(`  nobody stood at ${missed.join(', ')}`);
}
