import path from 'node:path';
import { Command } from 'commander';
import { restoreBackup } from '../backup/restore-backup.ts';
import { printJson } from './command.ts';

interface RestoreCommandOptions {
  readonly from: string;
  readonly data: string;
  readonly json: boolean;
}

export function restoreCommand(): Command {
  const summary = 'Make a data folder of a backup';
  return new Command('restore')
    .summary(summary)
    .description(
      `${summary}\n\nNothing is written over. Stop the shop that the backup is of before you start the restored one: ` +
        'two shops with the same orders would both work on them.',
    )
    .requiredOption('--from <folder>', 'the backup; it stays as it is')
    .requiredOption('--data <folder>', 'the data folder to make; must not exist')
    .option('--json', 'print one JSON document', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ orders restore --from ~/backups/monday --data .data-of-monday\n  $ npm start -- --data .data-of-monday',
    )
    .action(async ({ from, data, json }: RestoreCommandOptions) => {
      const dataFolder = path.resolve(data);
      const { takenAt } = await restoreBackup({ backup: from, dataFolder });
      if (json) printJson({ dataFolder, takenAt });
      else console.log(`${dataFolder}  as of ${takenAt}; npm start -- --data ${data}`);
    });
}
