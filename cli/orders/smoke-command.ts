import { Currency, Sku } from '../../events/vocabulary.ts';
import { colors } from '../colors.ts';
import { UserError } from '../user-error.ts';
import { deploymentCommand, onDeployment, printJson, wholeNumber, type CommonOptions } from './command.ts';
import { EXIT_CODE } from './exit-code.ts';
import { tryAlarm, tryApi, tryOrders } from './smoke/smoke-test.ts';
import type { SmokeProduct } from './smoke/smoke-order.ts';

interface SmokeOptions extends CommonOptions {
  readonly orders: boolean;
  readonly sku: string;
  readonly price: number;
  readonly currency: string;
}

export function smokeCommand() {
  return deploymentCommand({
    name: 'smoke',
    summary: 'Try a deployment: the catalogue, an order, a decline, a refund, an alarm',
    details:
      'The orders are paid with test cards, which only the provider’s test mode takes: give --no-orders where money is ' +
      'real. The product needs stock; one unit is sold and given back. Exit code 2 when something is wrong.',
    examples: ['smoke', 'smoke --aws --stack order-workflow-prod --no-orders'],
  })
    .option('--no-orders', 'order nothing')
    .option('--sku <sku>', 'what is ordered', 'CUP-WHITE')
    .option('--price <minor>', 'its price in minor units', wholeNumber(1, 99_999_999), 850)
    .option('--currency <code>', 'of the price', 'EUR')
    .action((options: SmokeOptions) =>
      onDeployment(options, async (deployment) => {
        const tries = [
          await tryApi(deployment),
          ...(options.orders ? await tryOrders(deployment, productOf(options)) : []),
          await tryAlarm(deployment),
        ];
        if (options.json) printJson(tries);
        else
          for (const { what, wrong } of tries)
            console.log(wrong === undefined ? `${colors.green('✔')} ${what}` : `${colors.red('✘')} ${what}: ${wrong}`);
        return tries.some(({ wrong }) => wrong !== undefined) ? EXIT_CODE.notSo : EXIT_CODE.done;
      }),
    );
}

function productOf({ sku, price, currency }: SmokeOptions): SmokeProduct {
  const product = { sku: Sku.safeParse(sku).data, currency: Currency.safeParse(currency).data };
  if (product.sku === undefined) throw new UserError(`--sku ${sku}: expected a SKU, such as CUP-WHITE.`);
  if (product.currency === undefined) throw new UserError(`--currency ${currency}: expected a code such as EUR.`);
  return { sku: product.sku, currency: product.currency, unitPriceMinor: price };
}
