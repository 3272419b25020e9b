import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs a program in that folder. @returns what it printed. @throws with all its output unless it ends well. */
export async function run(folder: string, program: string, ...args: string[]): Promise<string> {
  // An outer npm tells its settings, and whose package it runs for, to every npm below it.
  const own = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const { stdout } = await execute(program, args, { cwd: folder, env: Object.fromEntries(own) }).catch(
    (error: Error & { stdout: string; stderr: string }) => {
      throw new Error(`${error.message}\n${error.stdout}${error.stderr}`, { cause: error });
    },
  );
  return stdout;
}

export function npm(folder: string, ...args: string[]): Promise<string> {
  return run(folder, 'npm', ...args);
}
