import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ENVIRONMENTS } from './config.ts';

const saga = new URL('../workflows/order-saga.asl.json', import.meta.url);
const { TimeoutSeconds } = JSON.parse(readFileSync(saga, 'utf8')) as { TimeoutSeconds: number };

test.each(Object.values(ENVIRONMENTS))('in $name an address is kept for longer than its order may run', (settings) => {
  expect(settings.contactRetention.toSeconds()).toBeGreaterThan(TimeoutSeconds);
});
