import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { colors } from '../../cli/colors.ts';
import { runCommand } from '../../cli/user-error.ts';
import { deleteFile, emptyFile, flipBytes, journalOf, logOf, storeOf, withLog } from '../machine-faults/faults.ts';
import { ShopOnAMachine, type ShopPlace } from '../machine-faults/shop-on-a-machine.ts';
import { withAssembly } from './support/assembly.ts';
import { report } from './support/counts.ts';

const USAGE = `Faults of the machine under the whole shop: databases and logs that are damaged, emptied or deleted, while it runs
and between two runs, and a disk that is full. Each either keeps what was accepted, or is told in one line.

  npm run campaigns -- machine-faults
  --port N   first of four ports (default 27300)

The full disk needs the right to mount a tmpfs, and is left out with a line without it.
`;

const FAULTS: readonly (readonly [what: string, fault: (dataFolder: string) => void])[] = [
  ["the store's log with bytes turned over", (data) => flipBytes(0, 200)(logOf(storeOf(data)))],
  ['the store deleted', (data) => withLog(deleteFile)(storeOf(data))],
  ['the store emptied', (data) => withLog(emptyFile)(storeOf(data))],
  ["the store's file with bytes turned over", (data) => flipBytes(0, 200)(storeOf(data))],
  ["the journal's log with bytes turned over", (data) => flipBytes(0, 200)(logOf(journalOf(data)))],
  ['the journal deleted', (data) => withLog(deleteFile)(journalOf(data))],
  ['the journal emptied', (data) => withLog(emptyFile)(journalOf(data))],
  ["the journal's file with bytes turned over", (data) => flipBytes(0, 200)(journalOf(data))],
];
const FULL_DISK_MB = 200;
const LEFT_BYTES = 32 * 2 ** 20;
const ACCEPTED = 'ACCEPTED-CUP';
const NEXT_ORDER_MS = 300;

await runCommand(async () => {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '27300' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) return console.log(USAGE);
  const failures: string[] = [];
  let passed = 0;
  await withAssembly(async (assemblyFolder) => {
    const play = async (what: string, scenario: (place: ShopPlace) => Promise<void>): Promise<void> => {
      const dataFolder = mkdtempSync(path.join(tmpdir(), 'machine-fault-'));
      try {
        await scenario({ assemblyFolder, dataFolder, port: Number(values.port) });
        passed += 1;
        console.log(`held   ${what}`);
      } catch (error) {
        failures.push(what);
        console.log(colors.red(`failed ${what}: ${(error as Error).message}`));
      } finally {
        rmSync(dataFolder, { recursive: true, force: true });
      }
    };
    for (const [what, fault] of FAULTS) {
      await play(`${what} after a kill`, (place) => betweenRuns(place, fault));
      await play(`${what} while the shop runs`, (place) => whileItRuns(place, fault));
    }
    await play('a full disk', fullDisk);
  });
  report({ passed, failed: failures.length });
  if (failures.length > 0) process.exitCode = 2;
});

async function betweenRuns(place: ShopPlace, fault: (dataFolder: string) => void): Promise<void> {
  await using shop = await servingShop(place);
  await shop.kill();
  fault(place.dataFolder);
  await keptOrNamed(place);
}

/** Sells on until it ends by itself, or for some seconds; then it is killed, and what it told is one line. */
async function whileItRuns(place: ShopPlace, fault: (dataFolder: string) => void): Promise<void> {
  await using shop = await servingShop(place);
  fault(place.dataFolder);
  for (let sale = 0; sale < 10 && !shop.hasEnded; sale += 1) {
    // It may be gone between two sales: then its last line counts.
    await shop.putOnSale(`CUP-${sale}`).catch(() => 0);
    await new Promise((resolve) => setTimeout(resolve, NEXT_ORDER_MS));
  }
  const endedByItself = shop.hasEnded;
  await shop.kill();
  if (shop.said.length > 1) throw new Error(`it told ${shop.said.length} lines: ${shop.said.slice(0, 3).join(' | ')}`);
  if (endedByItself) return requireOneLine(shop);
  await keptOrNamed(place);
}

async function servingShop(place: ShopPlace): Promise<ShopOnAMachine> {
  const shop = new ShopOnAMachine(place);
  if (!(await shop.serves())) throw new Error(`it did not start: ${shop.said.join(' | ')}`);
  const status = await shop.putOnSale(ACCEPTED);
  if (status !== 201) throw new Error(`the first product was answered with ${status}`);
  return shop;
}

/** The next start either has what was accepted, or says in one line why not. */
async function keptOrNamed(place: ShopPlace): Promise<void> {
  await using shop = new ShopOnAMachine(place);
  if (!(await shop.serves())) return requireOneLine(shop);
  if (!(await shop.isOnSale(ACCEPTED))) throw new Error('what was accepted is gone, and nothing was said');
}

function requireOneLine(shop: ShopOnAMachine): void {
  const [line = '', ...others] = shop.said;
  if (others.length > 0 || !/^error: .*(?:[Rr]estore|--fresh|room)/.test(line)) {
    throw new Error(`it ended with: ${shop.said.slice(0, 3).join(' | ')}`);
  }
}

async function fullDisk(place: ShopPlace): Promise<void> {
  const disk = place.dataFolder;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${FULL_DISK_MB}m`, 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    console.log('       no right to mount a disk: the full one is left out');
    return;
  }
  try {
    await sellOnFullDisk({ ...place, dataFolder: path.join(disk, 'data') }, path.join(disk, 'filler'));
  } finally {
    execFileSync('umount', ['-l', disk]);
  }
}

async function sellOnFullDisk(place: ShopPlace, filler: string): Promise<void> {
  mkdirSync(place.dataFolder);
  await using shop = await servingShop(place);
  fill(filler);
  const refused = await shop.putOnSale('TOO-MUCH');
  if (refused !== 503) throw new Error(`new work on a full disk was answered with ${refused}`);
  if (!(await shop.isOnSale(ACCEPTED))) throw new Error('what was accepted cannot be read on a full disk');
  if (!/^.*is full: new requests are refused with 503/.test(shop.said.join('\n'))) throw new Error('nothing was said');
  await using second = new ShopOnAMachine({
    ...place,
    dataFolder: path.join(path.dirname(filler), 'second'),
    port: place.port + 10,
  });
  if (await second.serves()) throw new Error('another shop started on a full disk');
  requireOneLine(second);
  rmSync(filler);
  const accepted = await shop.putOnSale('ENOUGH');
  if (accepted !== 201) throw new Error(`with room again, new work was answered with ${accepted}`);
  if (shop.said.length !== 2)
    throw new Error(`it told ${shop.said.length} lines: ${shop.said.slice(0, 4).join(' | ')}`);
}

/** Leaves half of the reserve that the runtime keeps for accepted work. */
function fill(file: string): void {
  const megabyte = Buffer.alloc(2 ** 20);
  const freeBytes = (): number => {
    const { bavail, bsize } = statfsSync(path.dirname(file));
    return bavail * bsize;
  };
  while (freeBytes() > LEFT_BYTES) writeFileSync(file, megabyte, { flag: 'a' });
}
