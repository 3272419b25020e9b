import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessMemory {
  readonly pid: number;
  readonly command: string;
  readonly residentMb: number;
}

/**
 * Resident memory of a process and all its descendants, from /proc (Linux). Pages that several of them share (the
 * text of Node.js) are counted once, in proportional shares: the sum is what the machine has less while they run.
 */
export function processTree(rootPid: number): ProcessMemory[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (Number.isInteger(pid)) parents.set(pid, field(pid, 'status', 'PPid') ?? 0);
  }
  const belongs = (pid: number): boolean => pid === rootPid || (pid > 1 && belongs(parents.get(pid) ?? 0));
  return [...parents.keys()].filter(belongs).map((pid) => ({
    pid,
    command: textOf(`/proc/${pid}/cmdline`).split('\0').slice(0, 2).join(' '),
    residentMb: (field(pid, 'smaps_rollup', 'Pss') ?? 0) / 1024,
  }));
}

export function residentMbOf(rootPid: number): number {
  return processTree(rootPid).reduce((sum, { residentMb }) => sum + residentMb, 0);
}

/** /proc counts in these, on every Linux that Node.js runs on: `getconf CLK_TCK`. */
export const TICKS_PER_SECOND = 100;

/** Processor seconds that a process and all its descendants have used so far (proc_pid_stat(5), fields 14 and 15). */
export function cpuSecondsOf(rootPid: number): number {
  return processTree(rootPid).reduce((sum, { pid }) => {
    // The name stands in brackets and may hold spaces.
    const fields = textOf(`/proc/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ');
    return sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
  }, 0);
}

function field(pid: number, file: string, name: string): number | undefined {
  const match = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(textOf(`/proc/${pid}/${file}`));
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** A process may end while it is being looked at: then it has no text and counts nothing. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
