import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { systemClock, sleepUntil } from '@order-workflow/states-language/clock';
import { PRIVATE_FILE } from '../../store/private-files.ts';

/** How long an orphan may take to end by itself before it is killed. */
const GRACE_MS = 500;
const LOOK_AGAIN_MS = 5;

/** Notes which process works on the database file, for the run after a crash. */
export function recordOwner(databaseFile: string, pid: number): void {
  writeFileSync(pidFile(databaseFile), String(pid), { mode: PRIVATE_FILE });
}

export function forgetOwner(databaseFile: string): void {
  rmSync(pidFile(databaseFile), { force: true });
}

/**
 * Ends the server that a killed runtime left working on the file. The recorded number may meanwhile belong to
 * somebody else's process: its command line must name our file.
 */
export async function endOrphan(databaseFile: string): Promise<void> {
  const pid = recordedPid(databaseFile);
  if (pid === undefined || !commandLineOf(pid).includes(databaseFile)) return;
  signal(pid, 'SIGTERM');
  const deadlineMs = systemClock.nowMs() + GRACE_MS;
  while (signal(pid, 0)) {
    if (systemClock.nowMs() > deadlineMs) signal(pid, 'SIGKILL');
    // Another process's end is no event that Node can wait for.
    await sleepUntil(systemClock, systemClock.nowMs() + LOOK_AGAIN_MS);
  }
}

function recordedPid(databaseFile: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile(databaseFile), 'utf8'));
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    // No file: the last run ended in order.
    return undefined;
  }
}

function commandLineOf(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    if (process.platform === 'win32') {
      const query = `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`;
      return execFileSync('powershell.exe', ['-NoProfile', '-Command', query], { encoding: 'utf8', windowsHide: true });
    }
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    // No such process.
    return '';
  }
}

/** @returns false when there is no such process. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

function pidFile(databaseFile: string): string {
  return `${databaseFile}.pid`;
}
