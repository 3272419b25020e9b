import { expect, inject, vi } from 'vitest';
import { DEFAULT_STACK_NAME, Deployment } from '../../../cli/deployment.ts';
import { restock } from '../../testing/restock.ts';
import { endpointUrlOf } from './shop-process.ts';

/** More than all tests of a file buy. There is most of it, so that the lab plays its faults with it and its price. */
const SHELVES = { 'CUP-WHITE': 100 };

/** One shop is for all files, in whatever order: each finds it at rest, and with something left to sell. */
export async function makeShopReady(): Promise<void> {
  await comeToRest();
  const endpointUrl = endpointUrlOf(inject('pageUrl'));
  const deployment = await Deployment.find({ stackName: DEFAULT_STACK_NAME, endpointUrl });
  try {
    await restock(deployment, SHELVES);
  } finally {
    deployment.close();
  }
}

/** Ends what another file left waiting, a customer's second try to pay for instance: most rules hold only at rest. */
async function comeToRest(): Promise<void> {
  await vi.waitFor(
    async () => {
      const { underWay } = (await post('machine/check-books', {})) as { underWay: readonly string[] };
      // Each time: what is only on its way yet may come to wait later.
      if (underWay.length > 0) await post('aws/_runtime/skip-waits', { withinSeconds: 3600 });
      expect(underWay).toEqual([]);
    },
    { timeout: 100_000, interval: 500 },
  );
}

async function post(path: string, body: object): Promise<unknown> {
  const answer = await fetch(`${inject('pageUrl')}/${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path} was refused: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
