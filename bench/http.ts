// The shop's HTTP API as `npm start` runs it: latencies of the list and of the checkout at a steady rate, and how long
// an order takes from its checkout to CONFIRMED. npm run bench -- http, or node bench/http.ts [--port N] [--seconds N]
import { parseArgs } from 'node:util';
import { ShopClient } from '../cli/shop-client.ts';
import { demoPasswordOf } from '../cli/demo-users.ts';
import { signIn } from '../cli/sign-in.ts';
import { restock } from '../cli/demo/snapshot.ts';
import { customers } from './support/customers.ts';
import { HttpLoad } from './support/http-load.ts';
import { allConfirmedAtMs } from './support/order-load.ts';
import { startShop, type ShopProcess } from './support/shop-process.ts';
import { percentile } from './support/statistics.ts';
import { atRate } from './support/steady-rate.ts';

const LISTS_PER_SECOND = 100;
const CHECKOUTS_PER_SECOND = 50;
const WARM_UP_SECONDS = 4;
/** Below the API's own throttle. */
const PREPARATIONS_PER_SECOND = 100;
const PRODUCTS = 20;
const PRICE_MINOR = 1000;

const { values: flags } = parseArgs({
  options: { port: { type: 'string', default: '25566' }, seconds: { type: 'string', default: '20' } },
});
const seconds = Number(flags.seconds);
const users = customers(CHECKOUTS_PER_SECOND * (WARM_UP_SECONDS + seconds));
const skus = Array.from({ length: PRODUCTS }, (_, index) => `BENCH-${String(index).padStart(2, '0')}`);

const shop = await startShop(Number(flags.port), [
  'bench/support/shop-with-customers.ts',
  `--customers=${users.length}`,
]);
const load = new HttpLoad(shop.httpApiUrl);
try {
  await seed(shop);
  await lists(WARM_UP_SECONDS);
  reportLatencies(`GET /products, ${LISTS_PER_SECOND}/s`, await lists(seconds), 'p99 15 ms');
  const tokens = await withBaskets(shop);
  const warmUps = CHECKOUTS_PER_SECOND * WARM_UP_SECONDS;
  await checkouts(shop, tokens.slice(0, warmUps));
  const { answeredMs, confirmedMs } = await checkouts(shop, tokens.slice(warmUps));
  reportLatencies(`POST /basket/checkout, ${CHECKOUTS_PER_SECOND}/s`, answeredMs, 'p99 50 ms');
  reportLatencies('checkout sent to CONFIRMED', confirmedMs, 'p50 100 ms, p99 400 ms');
} finally {
  load.close();
  await shop.stop();
}

async function seed({ deployment }: ShopProcess): Promise<void> {
  const admin = await ShopClient.signedIn(deployment, 'admin', demoPasswordOf('admin'));
  for (const sku of skus) {
    const product = { sku, name: `Bench ${sku}`, description: 'Oak, for two.', category: 'furniture' };
    const answer = await admin.send({
      method: 'POST',
      path: '/products',
      body: { ...product, priceMinor: PRICE_MINOR, currency: 'EUR' },
    });
    if (answer.status !== 201) throw new Error(`${sku}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  await restock(deployment, Object.fromEntries(skus.map((sku) => [sku, 1_000_000])));
}

async function lists(forSeconds: number): Promise<number[]> {
  const calls = Array.from(
    { length: LISTS_PER_SECOND * forSeconds },
    () => ({ method: 'GET', path: '/products' }) as const,
  );
  const answers = await atRate(LISTS_PER_SECOND, calls, (call) => load.call(call));
  return answers.map(({ latencyMs }) => latencyMs);
}

/** Signs every customer in and puts one unit into each basket. @returns their tokens. */
async function withBaskets({ deployment }: ShopProcess): Promise<string[]> {
  return atRate(PREPARATIONS_PER_SECOND, [...users.entries()], async ([index, { username, password }]) => {
    const { accessToken: token } = await signIn(deployment, username, password);
    await load.call({ method: 'PUT', path: `/basket/items/${skus[index % PRODUCTS]}`, token, body: { quantity: 1 } });
    return token;
  });
}

async function checkouts(
  { deployment }: ShopProcess,
  tokens: readonly string[],
): Promise<{ answeredMs: number[]; confirmedMs: number[] }> {
  const answers = await atRate(CHECKOUTS_PER_SECOND, tokens, async (token) => {
    const { body, ...timing } = await load.call({
      method: 'POST',
      path: '/basket/checkout',
      token,
      headers: { 'idempotency-key': 'bench-1' },
      body: {
        acceptedTotal: PRICE_MINOR,
        email: 'bench@example.com',
        shippingAddress: { name: 'Bench', line1: '1 Oak Lane', postalCode: '10115', city: 'Berlin', country: 'DE' },
        paymentMethod: 'pm_card_visa',
      },
    });
    return { ...timing, orderId: (body as { orderId: string }).orderId };
  });
  const stoppedAtMs = await allConfirmedAtMs(deployment, new Set(answers.map(({ orderId }) => orderId)));
  return {
    answeredMs: answers.map(({ latencyMs }) => latencyMs),
    confirmedMs: answers.map(({ orderId, sentAtMs }) => (stoppedAtMs.get(orderId) ?? Number.NaN) - sentAtMs),
  };
}

function reportLatencies(name: string, latenciesMs: readonly number[], target: string): void {
  const at = (share: number): string => percentile(latenciesMs, share).toFixed(1);
  const figures = `p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`;
  console.log(`${name.padEnd(32)} ${figures.padEnd(60)} target ${target}`);
}
