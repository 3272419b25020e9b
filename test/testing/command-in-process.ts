import { format } from 'node:util';
import { vi } from 'vitest';
import { runCommand } from '../../cli/user-error.ts';

/** How a command ended and what it said, as a script learns it from a process. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command's main function in this process: without the half second that a process needs to load it. One at a
 * time, for it takes the process's output and exit code.
 */
export async function inProcess(main: () => Promise<void>): Promise<Ended> {
  const { exitCode: before } = process;
  let stdout = '';
  let stderr = '';
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((...said: unknown[]) => void (stdout += `${format(...said)}\n`)),
    vi.spyOn(console, 'error').mockImplementation((...said: unknown[]) => void (stderr += `${format(...said)}\n`)),
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => (stdout += text.toString()) !== ''),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => (stderr += text.toString()) !== ''),
  ];
  process.exitCode = 0;
  try {
    await runCommand(main);
    return { code: Number(process.exitCode), stdout, stderr };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}
