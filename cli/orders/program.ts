import { Command, CommanderError } from 'commander';
import { accountCommand } from './account-command.ts';
import { backupCommand } from './backup-command.ts';
import { completionCommand } from './completion-command.ts';
import { customerCommand } from './customer-command.ts';
import { dlqCommand } from './dlq-command.ts';
import { listCommand } from './list-command.ts';
import { logsCommand } from './logs-command.ts';
import { operatorCommand } from './operator-command.ts';
import { parkedCommand } from './parked-command.ts';
import { preflightCommand } from './preflight-command.ts';
import { publishCommand } from './publish-command.ts';
import { redriveCommand } from './redrive-command.ts';
import { replayCommand } from './replay-command.ts';
import { republishCommand } from './republish-command.ts';
import { smokeCommand } from './smoke-command.ts';
import { restoreCommand } from './restore-command.ts';
import { returnCommand } from './return-command.ts';
import { sweepCommand } from './sweep-command.ts';
import { stockCommand } from './stock-command.ts';
import { symbolicateCommand } from './symbolicate-command.ts';
import { traceCommand } from './trace-command.ts';
import { versionsCommand } from './versions-command.ts';
import { webhookCommand } from './webhook-command.ts';

const HELP_TAIL = `
Exit codes: 0 done; 1 wrong usage, or the system refused; 2 the answer is "no" or "not yet".
For examples: orders <command> --help. In scripts: npm run --silent orders -- <command>.`;

/**
 * The whole command line. It speaks public AWS APIs only: the embedded runtime, an emulator and AWS are alike. What is
 * about this machine alone, a data folder or source maps, needs no system.
 */
export function ordersProgram(): Command {
  const program = new Command('orders')
    .description('Find, follow and repair the orders of a running shop.')
    .addHelpText('after', HELP_TAIL)
    .addCommand(listCommand())
    .addCommand(traceCommand())
    .addCommand(logsCommand())
    .addCommand(replayCommand())
    .addCommand(dlqCommand())
    .addCommand(parkedCommand())
    .addCommand(returnCommand())
    .addCommand(stockCommand())
    .addCommand(customerCommand())
    .addCommand(accountCommand())
    .addCommand(operatorCommand())
    .addCommand(redriveCommand())
    .addCommand(sweepCommand())
    .addCommand(republishCommand())
    .addCommand(webhookCommand())
    .addCommand(preflightCommand())
    .addCommand(publishCommand())
    .addCommand(smokeCommand())
    .addCommand(backupCommand())
    .addCommand(restoreCommand())
    .addCommand(versionsCommand())
    .addCommand(symbolicateCommand());
  program.addCommand(completionCommand(program));
  everyCommand(program, (command) => command.exitOverride().showSuggestionAfterError());
  return program;
}

/** Runs one command line. Commander has printed its own complaint by the time it throws. */
export async function runOrders(args: readonly string[]): Promise<void> {
  try {
    await ordersProgram().parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode;
  }
}

function everyCommand(command: Command, apply: (command: Command) => void): void {
  apply(command);
  for (const child of command.commands) everyCommand(child, apply);
}
