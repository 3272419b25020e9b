import { Option, type Command } from 'commander';
import { ORDER_STATUSES } from '../../events/vocabulary.ts';
import { moneyText } from '../../events/money.ts';
import { deploymentCommand, onDeployment, printJson, wholeNumber, type CommonOptions } from './command.ts';
import { EXIT_CODE } from './exit-code.ts';
import { parseInstant } from './instant.ts';
import { recentOrders, type OrderSummary } from './recent-orders.ts';
import { coloredStatus } from './status-color.ts';
import { formatTable } from './table.ts';

interface ListOptions extends CommonOptions {
  readonly status?: string;
  readonly since?: string;
  readonly customer?: string;
  readonly limit: number;
}

export function listCommand(): Command {
  return deploymentCommand({
    name: 'list',
    summary: 'List orders, newest first',
    examples: ['list', 'list --status CANCELLED --since 2h', 'list --customer alice --limit 5 --json'],
  })
    .addOption(new Option('--status <status>', 'only orders with this status').choices([...ORDER_STATUSES]))
    .option('--since <time>', 'only orders that were placed after this: an ISO time or an age such as 2h')
    .option('--customer <id>', 'only orders of this customer')
    .option('--limit <count>', 'how many orders at most', wholeNumber(1, 1_000), 20)
    .action((options: ListOptions) =>
      onDeployment(options, async (deployment) => {
        const since = options.since === undefined ? undefined : parseInstant('--since', options.since, new Date());
        const { status, limit, customer: customerId } = options;
        const orders = await recentOrders(deployment, { status, since, limit, customerId });
        if (options.json) printJson(orders);
        else for (const line of formatOrders(orders)) console.log(line);
        return EXIT_CODE.done;
      }),
    );
}

export function formatOrders(orders: readonly OrderSummary[]): string[] {
  if (orders.length === 0) return ['no orders found'];
  return formatTable(orders, [
    { title: 'ORDER', cell: (order) => order.orderId },
    { title: 'PLACED', cell: (order) => order.placedAt.slice(0, 19).replace('T', ' ') },
    { title: 'CUSTOMER', cell: (order) => order.customerId },
    { title: 'TOTAL', cell: (order) => moneyText(order.totalMinor, order.currency), align: 'right' },
    { title: 'STATUS', cell: (order) => coloredStatus(order.status, order.reason) },
  ]);
}
