import { Command } from 'commander';
import * as z from 'zod';
import type { Deployment } from '../deployment.ts';
import { colors } from '../colors.ts';
import { deploymentCommand, onDeployment, printJson, type CommonOptions } from './command.ts';
import { EXIT_CODE } from './exit-code.ts';
import { invokeFunction } from './invoke-function.ts';

/** Output of the stack: where the provider's endpoint should point. */
const WEBHOOK_URL = 'PaymentWebhookUrl';

const WebhookCheck = z.object({
  endpointId: z.string().optional(),
  livemode: z.boolean().optional(),
  differences: z.array(z.string()),
  remarks: z.array(z.string()),
});
type WebhookCheck = z.infer<typeof WebhookCheck>;

interface CheckOptions extends CommonOptions {
  readonly url?: string;
}

export function webhookCommand(): Command {
  return new Command('webhook').description('Look at the payment provider’s webhook').addCommand(checkCommand());
}

function checkCommand(): Command {
  return deploymentCommand({
    name: 'check',
    summary: 'Compare the webhook endpoint at the payment provider with what the shop reads',
    details:
      'URL, status, mode, API version and events; one line for each difference, with what to do. Nothing is changed. ' +
      'Exit code 2 when something differs.',
    examples: ['webhook check', 'webhook check --aws --url https://shop.example/webhooks/payments'],
  })
    .option('--url <url>', 'where the endpoint should point (default: output PaymentWebhookUrl)')
    .action((options: CheckOptions) =>
      onDeployment(options, async (deployment) => {
        const url = options.url ?? deployment.output(WEBHOOK_URL);
        const check = await checkWebhook(deployment, url);
        if (options.json) printJson(check);
        else for (const line of told(check, url)) console.log(line);
        return check.differences.length > 0 ? EXIT_CODE.notSo : EXIT_CODE.done;
      }),
    );
}

/** Has the shop compare the endpoint at the provider with what it reads. @throws UserError when it cannot. */
export async function checkWebhook(
  deployment: Deployment,
  url = deployment.output(WEBHOOK_URL),
): Promise<WebhookCheck> {
  return WebhookCheck.parse(await invokeFunction(deployment, 'CheckWebhookFunctionName', { url }));
}

function told({ endpointId, livemode, differences, remarks }: WebhookCheck, url: string): string[] {
  const mode = livemode === true ? 'live mode' : 'test mode';
  const head =
    differences.length === 0
      ? `${colors.green('✔')} ${endpointId} at ${url} (${mode}) is as the shop reads it`
      : `${colors.red('✘')} the endpoint for ${url} differs in ${differences.length}:`;
  return [head, ...differences.map((line) => `  ${line}`), ...remarks.map((line) => `  ${colors.dim(line)}`)];
}
