import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { colors } from '../../cli/colors.ts';
import { followOrder, hasEnded } from '../../cli/follow-order.ts';
import { searchDeployment, searchFolder, type Finding } from '../../cli/orders/customers/personal-search.ts';
import type { ShopClient } from '../../cli/shop-client.ts';
import { startSystem, type System } from '../../cli/system.ts';
import { ERASURE_MUTANTS } from '../faults/mutants/erasure-mutants.ts';
import { checkInvariants } from '../invariants/check-invariants.ts';
import { takeSnapshot } from '../invariants/take-snapshot.ts';
import { PRODUCT } from '../testing/bad-requests.ts';
import { freePort } from '../testing/free-port.ts';
import { aNewCustomer, type NewCustomer } from '../testing/new-customer.ts';
import { shopOf } from '../testing/signed-in-users.ts';
import { quiescence } from '../torture/quiescence.ts';
import { withAssembly } from './support/assembly.ts';
import { countsOf, report } from './support/counts.ts';

/**
 * One person buys, gets mails, sends something back, is written about by an operator, and asks to be forgotten. Then
 * every table, mail and user is searched for them, and, when the shop was stopped, every byte of the data folder. Then
 * deliberate bugs of an erasure are played, each of which must leave something to be found.
 *
 *   npm run campaigns -- erasures
 */

const PATIENCE_MS = 60_000;
const PERSON = { email: 'carla.canarybird@example.com', name: 'Carla Canarybird' };
const ADDRESS = {
  name: PERSON.name,
  line1: '7 Canary Wharf Lane',
  line2: 'care of Aunt Canaria',
  postalCode: '10777',
  city: 'Canarytown',
  country: 'DE',
};
const CANARIES = [PERSON.email, PERSON.name, 'Canarybird', ADDRESS.line1, ADDRESS.line2, ADDRESS.city];
const SKU = 'CANARY-CAGE';

if (process.argv.includes('--help')) {
  console.log(
    'One person buys, is written about and asks to be forgotten; then every table and file is searched for them.',
  );
  process.exit();
}
const WORKER = new URL('support/erasure-worker.ts', import.meta.url);

const dataFolder = mkdtempSync(path.join(tmpdir(), 'erasures-'));
const outcomes: boolean[] = [];
try {
  await withAssembly(async (assemblyFolder) => {
    const ports = { endpoint: 0, httpApi: await freePort(), paymentSandbox: 0, page: 0 };
    const system = await startSystem({ assemblyFolder, dataFolder, ports });
    await playAndStop(system);
  });
} finally {
  rmSync(dataFolder, { recursive: true, force: true });
}
expect('an erasure that is killed at any call leaves nobody', (await foundBeside(undefined)).length === 0);
for (const { name } of ERASURE_MUTANTS) expect(`caught: ${name}`, (await foundBeside(name)).length > 0);
report(countsOf(outcomes));

/** Where somebody is found whom a program with this bug erased. */
async function foundBeside(bug: string | undefined): Promise<string[]> {
  const child = fork(WORKER, bug === undefined ? [] : [bug], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const answered = once(child, 'message') as Promise<[string[]]>;
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The erasure with the bug "${bug}" ended with code ${code}`);
  });
  const [found] = await Promise.race([answered, ended]);
  return found;
}

async function playAndStop(system: System): Promise<void> {
  try {
    const admin = await shopOf(system, 'admin');
    await putOnSale(admin);
    const person = await aNewCustomer(system, PERSON);
    const orderId = await aFinishedOrder(system, person, admin);
    expect('the person is found before', (await findings(system)).length > 0);
    await erase(person, admin, orderId);
    const left = await findings(system);
    expect(`no table, mail or user holds the person ${JSON.stringify(left)}`, left.length === 0);
    const snapshot = await takeSnapshot(system.deployment, { sandboxUrl: system.sandbox.url, readsArchive: false });
    const { violations } = checkInvariants(snapshot, true);
    expect(`every rule of the books holds ${JSON.stringify(violations)}`, violations.length === 0);
  } finally {
    await system.stop();
  }
  const left = searchFolder(dataFolder, CANARIES);
  expect(`no file of the stopped shop holds the person ${JSON.stringify(left)}`, left.length === 0);
}

function findings({ deployment }: System): Promise<Finding[]> {
  return searchDeployment(deployment, CANARIES);
}

async function putOnSale(admin: ShopClient): Promise<void> {
  await admin.call({ method: 'POST', path: '/products', body: { ...PRODUCT, sku: SKU } }, z.unknown());
  await admin.call({ method: 'PUT', path: `/inventory/${SKU}`, body: { stock: 5 } }, z.unknown());
}

/** Bought, shipped, sent back, with an operator's words about it. */
async function aFinishedOrder(system: System, { shop }: NewCustomer, admin: ShopClient): Promise<string> {
  const put = { method: 'PUT', path: `/basket/items/${SKU}`, body: { quantity: 1 } } as const;
  const { totalMinor } = await shop.call(put, z.object({ totalMinor: z.number() }));
  const body = {
    acceptedTotal: totalMinor,
    email: PERSON.email,
    shippingAddress: ADDRESS,
    paymentMethod: 'pm_card_visa',
  };
  const headers = { 'idempotency-key': 'canary-1' };
  const checkout = { method: 'POST', path: '/basket/checkout', headers, body } as const;
  const { orderId } = await shop.call(checkout, z.object({ orderId: z.string() }));
  await followOrder(system.deployment, orderId, {
    until: hasEnded,
    timeoutMs: PATIENCE_MS,
  });
  const early = await shop.send({ method: 'POST', path: '/account/erasure', body: { confirm: PERSON.email } });
  expect('an order that is to be shipped stands in the way', early.status === 409);
  const parcel = { carrier: 'DHL', trackingNumber: 'TRACK-1' };
  await admin.call({ method: 'POST', path: `/orders/${orderId}/shipments`, body: parcel }, z.unknown());
  const booking = { everything: 'RESTOCK', reason: `${PERSON.name} of ${ADDRESS.line1} wants another colour` };
  const key = { 'idempotency-key': 'canary-return' };
  const returned = { method: 'POST', path: `/admin/orders/${orderId}/returns`, headers: key, body: booking } as const;
  await admin.call(returned, z.unknown());
  await quiescence(system.deployment, PATIENCE_MS);
  await admin.call({ method: 'POST', path: `/orders/${orderId}/delivered` }, z.unknown());
  await quiescence(system.deployment, PATIENCE_MS);
  return orderId;
}

async function erase({ customerId, shop }: NewCustomer, admin: ShopClient, orderId: string): Promise<void> {
  const exported = await shop.send({ method: 'GET', path: '/account/data' });
  const told = JSON.stringify(exported.body);
  expect(
    'the export holds all of it',
    [PERSON.email, ADDRESS.line1, orderId].every((text) => told.includes(text)),
  );
  const erasure = { method: 'POST', path: '/account/erasure', body: { confirm: PERSON.email } } as const;
  const answer = await shop.send(erasure);
  expect(`the person is erased: ${JSON.stringify(answer.body)}`, answer.status === 200);
  const again = await admin.send({
    ...erasure,
    path: `/admin/customers/${customerId}/erasure`,
    body: { confirm: customerId },
  });
  expect('an operator who comes second is told', JSON.stringify(again.body) === JSON.stringify(answer.body));
  const order = await admin.send({ method: 'GET', path: `/orders/${orderId}` });
  expect('the order is there, for the books', order.status === 200);
  const basket = await shop.send({ method: 'GET', path: '/basket' });
  expect('the token buys nothing any more', basket.status === 410);
}

function expect(what: string, isSo: boolean): void {
  outcomes.push(isSo);
  console.log(`${isSo ? colors.green('✔') : colors.red('✘')} ${what}`);
}
