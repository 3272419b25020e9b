// The shop's HTTP API as `npm start` runs it: latencies of the list and of the checkout at a steady rate, and how long
// an order takes from its checkout to CONFIRMED.
// npm run bench -- http, or node bench/http.ts [--port N] [--seconds N] [--checkouts 25, a second]
import { parseArgs } from 'node:util';
import { signIn } from '../cli/sign-in.ts';
import { customers } from './support/customers.ts';
import { HttpLoad } from './support/http-load.ts';
import { listLatenciesMs } from './support/list-latencies.ts';
import { allConfirmedAtMs } from './support/order-load.ts';
import { PRICE_MINOR, seedProducts } from './support/seed-products.ts';
import { startShop, type ShopProcess } from './support/shop-process.ts';
import { percentile } from './support/statistics.ts';
import { atRate } from './support/steady-rate.ts';

const LISTS_PER_SECOND = 100;
/** A shop that has been open for a minute: its functions are loaded, and what they do often is compiled. */
const WARM_UP = [
  { perSecond: 5, seconds: 10 },
  { perSecond: 25, seconds: 20 },
] as const;
/** Below the API's own throttle. */
const PREPARATIONS_PER_SECOND = 100;

const { values: flags } = parseArgs({
  options: {
    port: { type: 'string', default: '25566' },
    seconds: { type: 'string', default: '20' },
    checkouts: { type: 'string', default: '25' },
  },
});
const [seconds, checkoutsPerSecond] = [Number(flags.seconds), Number(flags.checkouts)];
const warmUps = WARM_UP.reduce((sum, phase) => sum + phase.perSecond * phase.seconds, 0);
const users = customers(warmUps + checkoutsPerSecond * seconds);

const shop = await startShop(Number(flags.port), [
  'bench/support/shop-with-customers.ts',
  `--customers=${users.length}`,
]);
const load = new HttpLoad(shop.httpApiUrl);
try {
  const skus = await seedProducts(shop.deployment);
  for (const phase of WARM_UP) await listLatenciesMs(load, phase);
  const listedMs = await listLatenciesMs(load, { perSecond: LISTS_PER_SECOND, seconds });
  reportLatencies(`GET /products, ${LISTS_PER_SECOND}/s`, listedMs, 'p99 15 ms');
  const tokens = await withBaskets(shop, skus);
  for (const { perSecond, seconds: duration } of WARM_UP)
    await checkouts(shop, perSecond, tokens.splice(0, perSecond * duration));
  const { answeredMs, confirmedMs } = await checkouts(shop, checkoutsPerSecond, tokens);
  reportLatencies(`POST /basket/checkout, ${checkoutsPerSecond}/s`, answeredMs, 'p99 50 ms');
  reportLatencies('checkout sent to CONFIRMED', confirmedMs, 'p50 100 ms, p99 400 ms');
} finally {
  load.close();
  await shop.stop();
}

/** Signs every customer in and puts one unit into each basket. @returns their tokens. */
async function withBaskets({ deployment }: ShopProcess, skus: readonly string[]): Promise<string[]> {
  return atRate(PREPARATIONS_PER_SECOND, [...users.entries()], async ([index, { username, password }]) => {
    const { accessToken: token } = await signIn(deployment, username, password);
    await load.call({
      method: 'PUT',
      path: `/basket/items/${skus[index % skus.length]}`,
      token,
      body: { quantity: 1 },
    });
    return token;
  });
}

async function checkouts(
  { deployment }: ShopProcess,
  perSecond: number,
  tokens: readonly string[],
): Promise<{ answeredMs: number[]; confirmedMs: number[] }> {
  const answers = await atRate(perSecond, tokens, async (token) => {
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
