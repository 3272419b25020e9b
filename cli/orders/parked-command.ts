import { Command } from 'commander';
import { colors } from '../colors.ts';
import { moneyText } from '../../events/money.ts';
import { operatorOf } from '../operator.ts';
import { deploymentCommand, onDeployment, printJson, type CommonOptions } from './command.ts';
import { EXIT_CODE } from './exit-code.ts';
import { formatDuration } from './instant.ts';
import { parseOrderId } from './order-id.ts';
import { decideParking, openParkingOf, openParkings, type Decision, type ParkedOrder } from './parked-orders.ts';

interface DecideOptions extends CommonOptions {
  readonly step?: string;
  readonly actor?: string;
  readonly evidence?: string;
  readonly anyway?: boolean;
}

export function parkedCommand(): Command {
  return new Command('parked')
    .description('List orders that need an operator, and decide about them')
    .addCommand(listCommand())
    .addCommand(retryCommand())
    .addCommand(resolveCommand());
}

function listCommand(): Command {
  return deploymentCommand({
    name: 'list',
    summary: 'List parked orders and what to do about each; the longest parked come first',
    examples: ['parked list', "parked list --json | jq 'map(.exposureMinor) | add'"],
  }).action((options: CommonOptions) =>
    onDeployment(options, async (deployment) => {
      const parked = await openParkings(deployment);
      if (options.json) printJson(parked);
      else for (const line of formatParked(parked, new Date())) console.log(line);
      return EXIT_CODE.done;
    }),
  );
}

function retryCommand(): Command {
  return decisionCommand('retry', 'Run the parked step again', ['parked retry 01K2Z5N8W0CHECK0VTSAMPRE01'])
    .option('--anyway', 'also while the payment provider repeats its failure', false)
    .action((order: string, options: DecideOptions) => decide(order, options, 'retry'));
}

function resolveCommand(): Command {
  return decisionCommand('resolve', 'End the parking, because you have put money and stock right yourself', [
    'parked resolve 01K2Z5N8W0CHECK0VTSAMPRE01 --actor alice --evidence "refunded by hand: re_123"',
  ])
    .requiredOption('--evidence <text>', 'what proves it, such as the reference of a refund at the payment provider')
    .action((order: string, options: DecideOptions) => decide(order, options, 'resolved'));
}

function decisionCommand(name: string, summary: string, examples: readonly string[]): Command {
  return deploymentCommand({ name, summary, details: 'Exit code 2 when the order is not parked.', examples })
    .argument('<order>', 'id of the order')
    .option('--actor <name>', 'who is recorded with the decision; on AWS your IAM identity is')
    .option('--step <step>', 'needed if the order is parked at several steps');
}

function decide(order: string, options: DecideOptions, decision: Decision['decision']): Promise<void> {
  return onDeployment(options, async (deployment) => {
    const { evidence, anyway } = options;
    const actor = await operatorOf(deployment, options.actor);
    const parking = await openParkingOf(deployment, parseOrderId(order), options.step);
    const outcome = await decideParking(deployment, parking, {
      decision,
      actor,
      ...(evidence === undefined ? {} : { evidence }),
      ...(anyway === true && { anyway }),
    });
    if (options.json) printJson(outcome);
    else
      console.log(
        `${colors.green('✔')} order ${parking.orderId} at "${parking.step}": ${decision}, decided by ${actor}`,
      );
    return EXIT_CODE.done;
  });
}

export function formatParked(parked: readonly ParkedOrder[], now: Date): string[] {
  if (parked.length === 0) return ['no parked orders'];
  return parked.flatMap((row) => {
    const age = formatDuration(now.getTime() - Date.parse(row.since));
    const money = `${row.exposureCertain ? '' : 'up to '}${moneyText(row.exposureMinor, row.currency)} open`;
    const stock = row.heldLines.map(({ sku, quantity }) => `${sku} x${quantity}`).join(', ');
    return [
      `${row.orderId}  ${colors.yellow(row.reason)} at "${row.step}" for ${age}  ${colors.dim(row.errorName)}`,
      `  ${[money, stock === '' ? '' : `held: ${stock}`].filter(Boolean).join('; ')}`,
      ...Object.entries(row.particulars).map(([name, value]) => `  ${name}: ${value}`),
      ...(row.decision === undefined
        ? []
        : [`  decided ${row.decision}, but the workflow was not told: run the same command again`]),
      `  ${colors.dim(row.nextAction)}`,
    ];
  });
}
