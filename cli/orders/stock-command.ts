import { Command } from 'commander';
import * as z from 'zod';
import { MAX_SHARDS } from '../../events/stock-shards.ts';
import { askAdmin } from '../admin-routes.ts';
import { colors } from '../colors.ts';
import type { Deployment } from '../deployment.ts';
import { operatorOf } from '../operator.ts';
import { deploymentCommand, onDeployment, printJson, wholeNumber, type CommonOptions } from './command.ts';
import { EXIT_CODE } from './exit-code.ts';
import { NotFound } from './not-found.ts';

const ShardedStock = z.looseObject({ sku: z.string(), shards: z.int(), available: z.int(), onHold: z.int() });
type ShardedStock = z.infer<typeof ShardedStock>;

interface ShardOptions extends CommonOptions {
  readonly actor?: string;
}

export function stockCommand(): Command {
  return new Command('stock').description('Prepare the stock of a product for many orders at once').addCommand(shard());
}

function shard(): Command {
  return deploymentCommand({
    name: 'shard',
    summary: 'Spread the stock of a product over shards, or bring it back into one row',
    details:
      'Orders of one product meet in its stock row, and while one writes it the others are refused and try again. Over ' +
      'eight shards eight of them can write at once. The figures of the product stay one, and it is sold meanwhile. ' +
      'Interrupted, or refused because the shop was busy? Run it again: it goes on. Exit code 2 when the product has no ' +
      'stock.',
    examples: ['stock shard CUP-WHITE 8', 'stock shard CUP-WHITE 1'],
  })
    .argument('<sku>', 'the product')
    .argument('<shards>', `rows to spread its units over, from 1 to ${MAX_SHARDS}`, wholeNumber(1, MAX_SHARDS))
    .option('--actor <name>', 'who is recorded with it; on AWS your IAM identity is')
    .action((sku: string, shards: number, options: ShardOptions) =>
      onDeployment(options, async (deployment) => {
        const actor = await operatorOf(deployment, options.actor);
        const spread = await spreadStock(deployment, { sku, shards, actor });
        if (options.json) printJson(spread);
        else console.log(`${colors.green('✔')} ${formatSpread(spread)}`);
        return EXIT_CODE.done;
      }),
    );
}

async function spreadStock(
  deployment: Deployment,
  { sku, shards, actor }: { readonly sku: string; readonly shards: number; readonly actor: string },
): Promise<ShardedStock> {
  const request = {
    route: 'PUT /inventory/{sku}/shards',
    params: { sku },
    body: { shards },
    actor,
    servedBy: 'ServeInventoryFunctionName',
  } as const;
  const spread = await askAdmin(deployment, request, ShardedStock);
  if (spread === undefined) throw new NotFound(`There is no stock of ${sku}.`);
  return spread;
}

function formatSpread({ sku, shards, available, onHold }: ShardedStock): string {
  const rows = shards === 1 ? 'one row' : `${shards} shards`;
  return `${sku}: ${available} available in ${rows}, ${onHold} on hold`;
}
