import type { Command } from 'commander';
import { OrderId } from '../../events/vocabulary.ts';
import type { Deployment } from '../deployment.ts';
import { formatLog } from '../logs/format-log.ts';
import { functionLogs, logsOfFunction } from '../logs/function-logs.ts';
import { LogReader, type LogEntry, type LogQuery } from '../logs/read-logs.ts';
import { deploymentCommand, onDeployment, printJson, type CommonOptions } from './command.ts';
import { EXIT_CODE, type ExitCode } from './exit-code.ts';
import { parseInstant } from './instant.ts';

interface LogsOptions extends CommonOptions {
  readonly follow: boolean;
  readonly since: string;
  readonly all: boolean;
}

export function logsCommand(): Command {
  return deploymentCommand({
    name: 'logs',
    summary: 'Show what the functions log: all of them, one, or whatever is about one order',
    details:
      'Exit code 2 when there is nothing. On this machine, stacks name TypeScript lines; for stacks from AWS see symbolicate.',
    examples: [
      'logs',
      'logs charge-payment --follow',
      'logs 01K2Z5N8W0CHECK0VTSAMPRE01 --since 3d',
      "logs --json --since 5m | jq -r '.[].message'",
    ],
  })
    .argument('[what]', "a function, by its file's name or a part of it, or the id of an order")
    .option('-f, --follow', 'keep printing new lines until ctrl-C', false)
    .option('--since <time>', 'only lines since then: an ISO time or an age such as 2h', '1h')
    .option('--all', "include Lambda's own lines and measurements", false)
    .action((what: string | undefined, options: LogsOptions) =>
      onDeployment(options, (deployment) => logs(deployment, what, options)),
    );
}

async function logs(deployment: Deployment, what: string | undefined, options: LogsOptions): Promise<ExitCode> {
  const orderId = OrderId.safeParse(what?.toUpperCase()).data;
  const functions = await functionLogs(deployment);
  const query: LogQuery = {
    logs: what === undefined || orderId !== undefined ? functions : logsOfFunction(functions, what),
    since: parseInstant('--since', options.since, new Date()),
    containing: orderId,
  };
  const reader = new LogReader(deployment);
  const print = (entries: readonly LogEntry[]): void => {
    const lines = entries.flatMap((entry) => formatLog(entry, { all: options.all, orderId }));
    for (const line of lines) console.log(line);
  };
  try {
    if (options.follow) {
      const stop = new AbortController();
      process.once('SIGINT', () => stop.abort());
      for await (const entries of reader.follow(query, stop.signal)) print(entries);
      return EXIT_CODE.done;
    }
    const entries = await reader.read(query);
    if (options.json) printJson(entries.map(({ atMs, ...entry }) => ({ at: new Date(atMs).toISOString(), ...entry })));
    else print(entries);
    if (entries.length > 0) return EXIT_CODE.done;
    if (!options.json) console.error(`nothing since ${query.since.toISOString()}`);
    return EXIT_CODE.notSo;
  } finally {
    reader.close();
  }
}
