#!/usr/bin/env node
// npm run orders -- …: looks after the orders of a running system, wherever it runs.
import { runOrders } from './orders/program.ts';
import { runCommand } from './user-error.ts';

await runCommand(() => runOrders(process.argv.slice(2)));
