// How long a killed shop takes to serve again, with many executions in flight: waiting for customers, or in a task.
// node test/torture/restart-time.ts [--executions N] [--port N] [--assembly DIR]
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { mkdtempSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_STACK_NAME, Deployment } from '../../cli/deployment.ts';
import { restock } from '../testing/restock.ts';
import { publishCheckout } from '../../cli/publish-checkout.ts';
import { synthesize } from '../../cli/synthesize.ts';
import { inParallel } from '../../cli/in-parallel.ts';
import { checkoutOf } from './checkout-mix.ts';
import { launchShop, type ShopProcessOptions } from './shop-process.ts';

const RESTARTS = 3;
/** Longer than the measurement: a charge that has begun does not end in it. */
const STUCK_MS = 60_000;

const { values: flags } = parseArgs({
  options: {
    executions: { type: 'string', default: '1000' },
    port: { type: 'string', default: '24800' },
    assembly: { type: 'string' },
  },
});
const executions = Number(flags.executions);
const port = Number(flags.port);
const folder = mkdtempSync(path.join(tmpdir(), 'shop-restart-'));
try {
  const assemblyFolder = flags.assembly ?? path.join(folder, 'assembly');
  if (flags.assembly === undefined) await synthesize({ assemblyFolder });
  const options = (name: string): ShopProcessOptions => ({
    assemblyFolder,
    port,
    dataFolder: path.join(folder, name),
    conflictWindowMs: 0,
  });
  await measure(`${executions} waiting for their customers`, options('waiting'), 'pm_card_threeDSecure2Required');
  await measure(`${executions} in the middle of their work`, options('working'), 'pm_card_visa');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(name: string, options: ShopProcessOptions, paymentMethodId: string): Promise<void> {
  let run = launchShop(options);
  try {
    await run.served;
    await fill(paymentMethodId);
    for (let restart = 1; restart <= RESTARTS; restart += 1) {
      await run.kill('tree');
      const launchedAtMs = performance.now();
      run = launchShop(options);
      const servedMs = (await run.served) ?? Number.NaN;
      await withDeployment((deployment) => publishCheckout(deployment, checkoutOf([['RESTART', 1]], 'pm_card_visa')));
      const answeredMs = performance.now() - launchedAtMs;
      console.log(
        `${name}: ready ${servedMs.toFixed(0)} ms after launch, first event taken after ${answeredMs.toFixed(0)} ms`,
      );
    }
  } finally {
    await run.kill('tree');
  }
}

/** Brings as many executions under way as asked, none of which can end. */
async function fill(paymentMethodId: string): Promise<void> {
  await withDeployment(async (deployment) => {
    await restock(deployment, { RESTART: 1_000_000 });
    const body = JSON.stringify({ kind: 'delay', operation: 'confirm', ms: STUCK_MS, count: executions });
    if (paymentMethodId === 'pm_card_visa')
      await fetch(`http://127.0.0.1:${port + 2}/_sandbox/behaviours`, { method: 'POST', body });
    const checkouts = Array.from({ length: executions }, () => checkoutOf([['RESTART', 1]], paymentMethodId));
    await inParallel(checkouts, (checkout) => publishCheckout(deployment, checkout));
    for (;;) {
      const { executions: running = [] } = await deployment.stepFunctions.send(
        new ListExecutionsCommand({
          stateMachineArn: deployment.output('StateMachineArn'),
          statusFilter: 'RUNNING',
          maxResults: 1000,
        }),
      );
      if (running.length >= Math.min(executions, 1000)) return;
      await delay(200);
    }
  });
}

async function withDeployment(work: (deployment: Deployment) => Promise<void>): Promise<void> {
  const deployment = await Deployment.find({
    stackName: DEFAULT_STACK_NAME,
    endpointUrl: `http://localhost:${port}`,
  });
  try {
    await work(deployment);
  } finally {
    deployment.close();
  }
}
