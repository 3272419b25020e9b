import { colors } from '../colors.ts';
import type { WatchOptions } from './watch-project.ts';

/** More names than this are told as a number. */
const MAX_NAMES = 6;

/** What the watch says on the terminal: one line for each thing. */
export const WATCH_LINES: Pick<WatchOptions, 'onUpdated' | 'onFaults' | 'onNeedsRestart' | 'onTypesClean'> = {
  onUpdated(names, tookMs) {
    const what = names.length > MAX_NAMES ? `${names.length} functions and workflows` : names.join(', ');
    console.log(`${colors.green('✔ live')}  ${what}  ${colors.dim(`${(tookMs / 1_000).toFixed(1)} s`)}`);
  },
  onFaults(faults) {
    for (const fault of faults) console.log(`${colors.red('✘')} ${fault}`);
  },
  onTypesClean() {
    console.log(`${colors.green('✔ types')}  no errors any more`);
  },
  onNeedsRestart(resources) {
    console.log(`${colors.yellow('restart')}  to take up ${resources.join(', ')}; until then the old runs on`);
  },
};
