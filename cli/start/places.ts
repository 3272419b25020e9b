import path from 'node:path';
import { colors } from '../colors.ts';
import { DEMO_USERS } from '../demo-users.ts';
import type { System } from '../system.ts';
import type { StartFlags } from './flags.ts';

/** Where everything is. */
export function printPlaces(
  { runtime, sandbox, deployment, gateway }: System,
  { data: dataFolder, present }: Pick<StartFlags, 'data' | 'present'>,
): void {
  console.log(`\n  ${colors.bold(`open ${gateway.url}${present ? '/#/lab?present' : ''}`)}\n`);
  const rows: readonly (readonly [string, string])[] = [
    ['AWS endpoint', `${runtime.endpointUrl}  (AWS_ENDPOINT_URL)`],
    ['HTTP API', deployment.output('HttpApiUrl')],
    ['payment sandbox', sandbox.url],
    ['event bus', deployment.output('EventBusName')],
    ['checkout queue', deployment.output('CheckoutQueueUrl')],
    ['state machine', deployment.output('StateMachineArn')],
    ['data', path.resolve(dataFolder)],
    ['mails', path.resolve(dataFolder, 'mails')],
    ['logs', `${path.resolve(dataFolder, 'logs')}  (npm run logs)`],
    ['users', `${DEMO_USERS.map(({ username }) => username).join(', ')}  (npm run token -- alice)`],
  ];
  for (const [name, value] of rows) console.log(`  ${colors.dim(name.padEnd(16))} ${value}`);
}
