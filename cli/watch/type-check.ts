import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

export interface TypeCheckOptions {
  readonly root: string;
  /** Told how many errors the last check found, one line each: `functions/tea.ts:12:5: Type … (TS2322)`. */
  readonly onChecked: (errors: readonly string[]) => void;
}

/** Checks the project's types beside everything else; a newer edit makes an older check pointless. */
export class TypeCheck {
  readonly #options: TypeCheckOptions;
  #running: ChildProcess | undefined;

  constructor(options: TypeCheckOptions) {
    this.#options = options;
  }

  start(): void {
    this.stop();
    const { root, onChecked } = this.#options;
    const compiler = path.join(
      path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
      'bin',
      'tsc',
    );
    const flags = ['--pretty', 'false', '--incremental', '--tsBuildInfoFile', path.join('dist', 'watch.tsbuildinfo')];
    const child = spawn(process.execPath, [compiler, ...flags], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#running = child;
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('close', () => {
      if (this.#running !== child) return; // overtaken
      this.#running = undefined;
      onChecked(errorsIn(output));
    });
  }

  stop(): void {
    // It takes the place of a Node process, from which it inherits deafness to SIGTERM.
    this.#running?.kill('SIGKILL');
    this.#running = undefined;
  }
}

/** The compiler writes `file(line,column): error TS2322: text`, and details of it indented below. */
export function errorsIn(output: string): string[] {
  return [...output.matchAll(/^(\S.*?)\((\d+),(\d+)\): error (TS\d+): (.*)$/gmu)].map(
    ([, file, line, column, code, text]) => `${file}:${line}:${column}: ${text} (${code})`,
  );
}
