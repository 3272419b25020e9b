// The shop as `npm start` runs it, with many customers who may sign in: node shop-with-customers.ts --customers=N
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { DEMO_USERS } from '../../cli/demo-users.ts';
import { ASSEMBLY_FOLDER, synthesize } from '../../cli/synthesize.ts';
import { startSystem } from '../../cli/system.ts';
import { customers } from './customers.ts';

const { values: flags } = parseArgs({
  options: { port: { type: 'string' }, data: { type: 'string' }, customers: { type: 'string' } },
});
const port = Number(flags.port);
await synthesize();
console.log('template synthesized');
const system = await startSystem({
  assemblyFolder: ASSEMBLY_FOLDER,
  dataFolder: String(flags.data),
  ports: { endpoint: port, httpApi: port + 1, paymentSandbox: port + 2, page: port + 3 },
  users: [...DEMO_USERS, ...customers(Number(flags.customers))],
});
const stopped = once(process, 'SIGTERM');
console.log('ready');
await stopped;
await system.stop();
