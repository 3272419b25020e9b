import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestSystem, type TestSystem } from '../testing/started-system.ts';

let system: TestSystem;
const lines: string[] = [];
let onLine: () => void = () => undefined;

beforeAll(async () => {
  system = await startTestSystem({
    onFault: (error) => {
      lines.push(String(error));
      onLine();
    },
  });
});
afterAll(() => system.stop());

test('a payment sandbox that dies is started again at its address, with its books and one line', async () => {
  const { sandbox } = system;
  const { pid } = sandbox;
  const body = new URLSearchParams({ amount: '4200', currency: 'eur', 'metadata[orderId]': 'order-1' });
  const headers = { authorization: 'Bearer sk_test_sandbox' };
  const made = await fetch(`${sandbox.url}/v1/payment_intents`, { method: 'POST', headers, body });
  const { id } = (await made.json()) as { id: string };
  const told = new Promise<void>((resolve) => (onLine = resolve));
  process.kill(pid, 'SIGKILL');
  await told;
  expect(lines).toEqual(['UserError: The payment sandbox ended (SIGKILL) and was started again.']);
  expect(sandbox.pid).not.toBe(pid);
  const read = await fetch(`${sandbox.url}/v1/payment_intents/${id}`, { headers });
  expect(await read.json()).toMatchObject({ id, amount: 4200 });
});
