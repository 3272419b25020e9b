import path from 'node:path';
import { Command } from 'commander';
import { addressOf, sandboxUrlOf } from '../address-flags.ts';
import { takeBackup } from '../backup/take-backup.ts';
import { DEFAULT_STACK_NAME } from '../deployment.ts';
import { PROJECT_FOLDER } from '../synthesize.ts';
import { printJson } from './command.ts';

interface BackupCommandOptions {
  readonly to: string;
  readonly data: string;
  readonly endpointUrl?: string;
  readonly sandboxUrl?: string;
  readonly json: boolean;
}

/** For a shop on this machine; on AWS every table has point-in-time recovery. */
export function backupCommand(): Command {
  const summary = 'Copy the data folder of a shop on this machine, also while it runs';
  return new Command('backup')
    .summary(summary)
    .description(
      `${summary}\n\nThe copy is of one moment. In a running shop payments wait while their ledger is copied, and nothing ` +
        'else does. It holds personal data and secrets: keep it as you keep the shop.',
    )
    .requiredOption('--to <folder>', 'where the copy goes; must not exist')
    .option('--data <folder>', 'data folder of the shop', path.join(PROJECT_FOLDER, '.data'))
    .option(
      '--endpoint-url <url>',
      'address of the running shop (default AWS_ENDPOINT_URL, else http://localhost:4566)',
    )
    .option('--sandbox-url <url>', 'its payment sandbox (default: two ports above)')
    .option('--json', 'print one JSON document', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ orders backup --to ~/backups/monday\n  $ orders restore backup --from ~/backups/monday --data .data-of-monday',
    )
    .action(async ({ to, data, endpointUrl, sandboxUrl, json }: BackupCommandOptions) => {
      const address = addressOf({ 'endpoint-url': endpointUrl, aws: false, stack: DEFAULT_STACK_NAME });
      const { takenAt, files } = await takeBackup({
        dataFolder: data,
        target: to,
        sandboxUrl: sandboxUrl ?? sandboxUrlOf(address) ?? '',
      });
      const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
      if (json) printJson({ backup: path.resolve(to), takenAt, bytes });
      else console.log(`${path.resolve(to)}  ${(bytes / 2 ** 20).toFixed(1)} MB, as of ${takenAt}`);
    });
}
