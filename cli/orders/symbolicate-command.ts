import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { SourceLocations } from '@order-workflow/runtime';
import { Command } from 'commander';
import { SOURCE_MAPS_FOLDER } from '../synthesize.ts';
import { UserError } from '../user-error.ts';

interface SymbolicateOptions {
  readonly maps: string;
}

/** Works on text alone: it needs no running system. */
export function symbolicateCommand(): Command {
  const summary = 'Name the TypeScript lines in a stack of a deployed function';
  return new Command('symbolicate')
    .summary(summary)
    .description(
      `${summary}\n\nThe maps must be those of the deployed version: docs/runbook.md says where a deployment keeps them.`,
    )
    .argument('[file]', 'what holds the stack, such as a log line; - or nothing for standard input', '-')
    .option('--maps <folder>', 'folder of the source maps', SOURCE_MAPS_FOLDER)
    .addHelpText('after', '\nExamples:\n  $ orders symbolicate stack.txt\n  $ pbpaste | orders symbolicate --maps maps')
    .action(async (file: string, { maps }: SymbolicateOptions) => {
      if (!existsSync(maps)) throw new UserError(`There is no folder ${maps}: run \`npm run build\`, or give --maps.`);
      const stack = file === '-' ? await text(process.stdin) : readText(file);
      // A log line has its line ends escaped.
      process.stdout.write(new SourceLocations([maps]).map(stack.replaceAll(/\\n(?=\s+at )/gu, '\n')));
    });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UserError(`${file} cannot be read: ${(cause as Error).message}.`, { cause });
  }
}
