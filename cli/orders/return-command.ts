import { randomUUID } from 'node:crypto';
import { Command, Option } from 'commander';
import { moneyText } from '../../events/money.ts';
import { colors } from '../colors.ts';
import { operatorOf } from '../operator.ts';
import { UserError } from '../user-error.ts';
import { deploymentCommand, onDeployment, printJson, type CommonOptions } from './command.ts';
import { EXIT_CODE } from './exit-code.ts';
import { parseOrderId } from './order-id.ts';
import { bookReturn, returnsOf, type OrderReturn, type ReturnToBook } from './returns/order-returns.ts';
import { linesOf, type LineToReturn } from './returns/return-line.ts';

interface BookOptions extends CommonOptions {
  readonly restock?: readonly LineToReturn[];
  readonly writeOff?: readonly LineToReturn[];
  readonly everything?: 'restock' | 'write-off';
  readonly reason: string;
  readonly actor?: string;
  readonly key?: string;
}

export function returnCommand(): Command {
  return new Command('return')
    .description('List what came back of an order, and take shipped units back')
    .addCommand(listCommand())
    .addCommand(bookCommand());
}

function listCommand(): Command {
  return deploymentCommand({
    name: 'list',
    summary: 'List the returns of an order and what became of their money, oldest first',
    details: 'Exit code 2 when there is no such order.',
    examples: ['return list 01K2Z5N8W0CHECK0VTSAMPRE01'],
  })
    .argument('<order>', 'id of the order')
    .action((order: string, options: CommonOptions) =>
      onDeployment(options, async (deployment) => {
        const returns = await returnsOf(deployment, parseOrderId(order));
        if (options.json) printJson(returns);
        else for (const line of formatReturns(returns)) console.log(line);
        return EXIT_CODE.done;
      }),
    );
}

function bookCommand(): Command {
  return deploymentCommand({
    name: 'book',
    summary: 'Take shipped units back, into the stock or written off, and refund them',
    details:
      'The stock is right at once; the refund follows by itself. Units are refunded at the price that they were sold ' +
      'for, unless you say less, in minor units, after an @. Exit code 2 when there is no such order.',
    examples: [
      'return book 01K2Z5N8W0CHECK0VTSAMPRE01 --restock CUP-WHITE=2 --reason "Too small"',
      'return book 01K2Z5N8W0CHECK0VTSAMPRE01 --restock CUP-WHITE=1 --write-off CUP-WHITE=1@400 --reason "One chipped"',
      'return book 01K2Z5N8W0CHECK0VTSAMPRE01 --everything write-off --reason "Broken on its way"',
    ],
  })
    .argument('<order>', 'id of the order')
    .option('--restock <sku=units>', 'units that can be sold again; once for each product', linesOf('RESTOCK'))
    .option('--write-off <sku=units>', 'units that cannot; once for each product', linesOf('WRITE_OFF'))
    .addOption(
      new Option('--everything <what>', 'all that left and is not back yet')
        .choices(['restock', 'write-off'])
        .conflicts(['restock', 'writeOff']),
    )
    .requiredOption('--reason <text>', 'why it comes back; your colleagues read it')
    .option('--actor <name>', 'who is recorded with the return; on AWS your IAM identity is')
    .option('--key <key>', 'the same key is the same return, however often you ask')
    .action((order: string, options: BookOptions) => book(parseOrderId(order), options));
}

function book(orderId: string, options: BookOptions): Promise<void> {
  const { reason, key = randomUUID() } = options;
  const wanted = wantedBy(options);
  return onDeployment(options, async (deployment) => {
    const actor = await operatorOf(deployment, options.actor);
    const accepted = await bookReturn(deployment, orderId, { wanted, reason, actor, key }).catch((error: unknown) => {
      if (error instanceof UserError) throw error;
      throw new UserError(`Nobody answered. Run it again with --key ${key}, so that it is one return.`, {
        cause: error,
      });
    });
    if (options.json) printJson(accepted);
    else console.log(`${colors.green('✔')} ${formatReturns([accepted]).join('\n')}`);
    return EXIT_CODE.done;
  });
}

function wantedBy({ restock = [], writeOff = [], everything }: BookOptions): ReturnToBook['wanted'] {
  if (everything !== undefined) return { everything: everything === 'restock' ? 'RESTOCK' : 'WRITE_OFF' };
  const lines = [...restock, ...writeOff];
  if (lines.length === 0) throw new UserError('Say what comes back: --restock, --write-off or --everything.');
  return { lines };
}

export function formatReturns(returns: readonly OrderReturn[]): string[] {
  if (returns.length === 0) return ['nothing came back'];
  return returns.flatMap((row) => [
    `${row.returnId}  ${colors.yellow(row.refundOutcome ?? row.state)}  ${moneyText(row.refundMinor, row.currency)}  ${row.acceptedAt.slice(0, 19).replace('T', ' ')}`,
    ...row.lines.map(({ sku, quantity, disposition, refundMinor }) => {
      const where = disposition === 'RESTOCK' ? 'back in stock' : 'written off';
      return `  ${sku} x${quantity} ${where}, ${moneyText(refundMinor, row.currency)}`;
    }),
    `  ${colors.dim(`${row.reason} (${row.actor})`)}`,
  ]);
}
