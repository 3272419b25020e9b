import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Ends a process and all its descendants at once, without any chance to clean up, as a power cut would. Parents go
 * first, so that none of them sees a child end.
 */
export function killTree(rootPid: number): void {
  for (const pid of [rootPid, ...descendantsOf(rootPid)]) killNow(pid);
}

export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself between the look and the kill.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Every process that this one started, and those that they did. */
export function descendantsOf(rootPid: number): number[] {
  const children = Map.groupBy(parentPids(), ([, parent]) => parent);
  const below = (pid: number): number[] => (children.get(pid) ?? []).flatMap(([child]) => [child, ...below(child)]);
  return below(rootPid);
}

function parentPids(): (readonly [pid: number, parent: number])[] {
  if (process.platform !== 'linux') return parentPidsFromPs();
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => [Number(entry), parentOf(entry)] as const);
}

/** The parent is the fourth field of /proc/<pid>/stat, and the second after the name in brackets. */
function parentOf(entry: string): number {
  try {
    const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    // A process that ended meanwhile has no parent to be killed with.
    return 0;
  }
}

function parentPidsFromPs(): (readonly [pid: number, parent: number])[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
}
