import path from 'node:path';
import { colors } from '../colors.ts';
import { DEMO_USERS } from '../demo-users.ts';
import type { System } from '../system.ts';
import { PROVIDER_EVENTS } from '../../events/provider-events.ts';
import type { StartFlags } from './flags.ts';
import type { PaymentProvider } from './payment-provider.ts';

type Shown = Pick<StartFlags, 'data' | 'present' | 'shop'> & { readonly provider?: PaymentProvider | undefined };

/** Where everything is. */
export function printPlaces(
  { runtime, sandbox, deployment, gateway }: System,
  { data: dataFolder, present, shop, provider }: Shown,
): void {
  console.log(`\n  ${colors.bold(`open ${gateway.url}${present ? '/#/lab?present' : ''}`)}\n`);
  const rows: readonly (readonly [string, string])[] = [
    ['AWS endpoint', `${runtime.endpointUrl}  (AWS_ENDPOINT_URL)`],
    ['HTTP API', deployment.output('HttpApiUrl')],
    provider === undefined ? ['payment sandbox', sandbox.url] : ['payments', `${provider.apiUrl}  (your key)`],
    ['event bus', deployment.output('EventBusName')],
    ['checkout queue', deployment.output('CheckoutQueueUrl')],
    ['state machine', deployment.output('StateMachineArn')],
    ['data', path.resolve(dataFolder)],
    ['mails', path.resolve(dataFolder, 'mails')],
    ['logs', `${path.resolve(dataFolder, 'logs')}  (npm run logs)`],
    shop
      ? ['operators', 'npm run orders -- operator add you@example.com']
      : ['users', `${DEMO_USERS.map(({ username }) => username).join(', ')}  (npm run token -- alice)`],
  ];
  for (const [name, value] of rows) console.log(`  ${colors.dim(name.padEnd(16))} ${value}`);
  if (provider !== undefined) console.log(`\n${webhookHint(deployment.output('HttpApiUrl'), provider)}`);
}

/** How the provider's news come here. Without them the shop asks every minute. */
function webhookHint(apiUrl: string, { webhookSecrets }: PaymentProvider): string {
  const { host } = new URL(apiUrl);
  const events = PROVIDER_EVENTS.join(',');
  const secret = webhookSecrets.length > 0 ? '' : ' and give its whsec_… as STRIPE_WEBHOOK_SECRET';
  return colors.dim(
    `Have the provider tell what becomes of payments${secret}:\n  stripe listen --events ${events} \\\n    --forward-to ${host}/webhooks/payments`,
  );
}
