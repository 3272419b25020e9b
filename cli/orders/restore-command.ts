import path from 'node:path';
import { Command } from 'commander';
import { startCommandOf } from '../start/shop-kind.ts';
import { restoreBackup } from '../backup/restore-backup.ts';
import { colors } from '../colors.ts';
import { restoreTables, type RestoredSet } from '../restore/restore-tables.ts';
import { settleOrders, type SettledShop } from '../restore/settle-orders.ts';
import { stopWork } from '../restore/work.ts';
import {
  deploymentCommand,
  onDeployment,
  printJson,
  progressOnStderr,
  wholeNumber,
  type CommonOptions,
} from './command.ts';
import { EXIT_CODE } from './exit-code.ts';
import { parseInstant } from './instant.ts';

export function restoreCommand(): Command {
  return new Command('restore')
    .description('Bring back what was lost: a data folder of a backup, or the tables of a deployed shop')
    .addCommand(backupCommand())
    .addCommand(stopCommand())
    .addCommand(tablesCommand())
    .addCommand(settleCommand());
}

interface BackupOptions {
  readonly from: string;
  readonly data: string;
  readonly json: boolean;
}

function backupCommand(): Command {
  const summary = 'Make a data folder of a backup';
  return new Command('backup')
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
      '\nExamples:\n  $ orders restore backup --from ~/backups/monday --data .shop-of-monday\n  $ npm run shop -- --data .shop-of-monday',
    )
    .action(async ({ from, data, json }: BackupOptions) => {
      const dataFolder = path.resolve(data);
      const { takenAt } = await restoreBackup({ backup: from, dataFolder });
      if (json) printJson({ dataFolder, takenAt });
      else console.log(`${dataFolder}  as of ${takenAt}; ${startCommandOf(dataFolder)} -- --data ${data}`);
    });
}

function stopCommand(): Command {
  return deploymentCommand({
    name: 'stop',
    summary: 'End all work on orders before their tables become others',
    details:
      'Queues and the outbox stream keep what they hold, the jobs of every minute pause, and running workflows end:\n' +
      '`restore settle` begins them anew, and sets the rest going. Customers are not kept out: see the runbook.',
    examples: ['restore stop', 'restore stop --aws --stack order-workflow-prod'],
  }).action((options: CommonOptions) =>
    onDeployment(options, async (deployment) => {
      const stopped = await stopWork(deployment);
      if (options.json) printJson(stopped);
      else {
        const { mappings, rules, executions } = stopped;
        console.log(`${mappings} mappings and ${rules} rules are off, ${executions} executions ended`);
      }
      return EXIT_CODE.done;
    }),
  );
}

interface TablesOptions extends CommonOptions {
  readonly at?: string;
}

function tablesCommand(): Command {
  return deploymentCommand({
    name: 'tables',
    summary: 'Restore every table of the shop under a new name, all as of one moment',
    details:
      'By point-in-time recovery; a table that was deleted comes back as it was then. The lost tables stay as they are.\n' +
      'The new ones get stream, time to live, recovery and protection. On AWS it takes minutes to hours. Called again for\n' +
      'the same moment it goes on where it ended. Run `restore stop` first.',
    examples: ['restore tables', 'restore tables --aws --stack order-workflow-prod --at 2026-01-15T09:00:00Z'],
  })
    .option(
      '--at <time>',
      'the moment: an ISO time or an age such as 10m (default: the latest that all can come back to)',
    )
    .action((options: TablesOptions) =>
      onDeployment(options, async (deployment) => {
        const at = options.at === undefined ? undefined : parseInstant('--at', options.at, new Date());
        const progress = progressOnStderr();
        try {
          const restored = await restoreTables(deployment, at, (text) => progress.stage(text));
          progress.clear();
          if (options.json) printJson(restored);
          else for (const line of toldOfSet(restored)) console.log(line);
          return EXIT_CODE.done;
        } finally {
          progress.clear();
        }
      }),
    );
}

function toldOfSet({ set, at, tables, outboxStreamArn }: RestoredSet): string[] {
  return [
    `${colors.green('✔')} ${tables.length} tables as of ${at.toISOString()}, in the set ${set}`,
    'Deploy the stack with them, in the environment that it is of:',
    `  npx cdk deploy -c restoredTables=${set} -c restoredOutboxStream=${outboxStreamArn}`,
    `Then: orders restore settle --set ${set} --since ${at.toISOString()}`,
  ];
}

interface SettleCommandOptions extends CommonOptions {
  readonly set: string;
  readonly since: string;
  readonly timeout: number;
}

function settleCommand(): Command {
  return deploymentCommand({
    name: 'settle',
    summary: 'Let orders flow again on restored tables',
    details:
      'Every order that a workflow worked on since that moment is brought to where it was; events of the hour before it\n' +
      'are published again; each order is held against the payment provider, and what does not agree is parked.\n' +
      'Repeating it is harmless. Count the stock that arrived since that moment first: it is in no workflow.\n' +
      'Exit code 2 when an operator has something to look at.',
    examples: ['restore settle --set r20260115t090000z --since 2026-01-15T09:00:00Z'],
  })
    .requiredOption('--set <name>', 'the set that the stack works with now')
    .requiredOption('--since <time>', 'the moment that its tables are as of: an ISO time or an age such as 2h')
    .option('--timeout <seconds>', 'how long orders may take', wholeNumber(1, 86_400), 900)
    .action((options: SettleCommandOptions) =>
      onDeployment(options, async (deployment) => {
        const progress = progressOnStderr();
        try {
          const settled = await settleOrders(deployment, {
            set: options.set,
            since: parseInstant('--since', options.since, new Date()),
            timeoutMs: options.timeout * 1_000,
            onProgress: (text) => progress.stage(text),
          });
          progress.clear();
          if (options.json) printJson(settled);
          else for (const line of toldOfShop(settled)) console.log(line);
          const { parked, flipped, returns } = settled;
          return parked.length + flipped.length + returns.length > 0 ? EXIT_CODE.notSo : EXIT_CODE.done;
        } finally {
          progress.clear();
        }
      }),
    );
}

function toldOfShop({ kept, begunAnew, cancelledAnew, open, parked, flipped, returns }: SettledShop): string[] {
  const list = (what: string, orders: readonly string[]): string[] =>
    orders.length === 0 ? [] : [colors.red(`  ${orders.length} ${what}: ${orders.join(', ')}`)];
  return [
    `${kept} orders were as their rows say, ${begunAnew} were begun anew, ${cancelledAnew} cancelled again; ${open} are open`,
    ...list('are parked, for the provider has other amounts', parked),
    ...list('had been confirmed and could not be again', flipped),
    ...list('returns were under way: look at each', returns),
  ];
}
