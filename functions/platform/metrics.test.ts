import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { count as Count } from './metrics.ts';

let count: typeof Count;

beforeAll(async () => {
  Object.assign(process.env, { POWERTOOLS_SERVICE_NAME: 'shop', POWERTOOLS_METRICS_NAMESPACE: 'Shop' });
  ({ count } = await import('./metrics.ts'));
});
afterEach(() => vi.restoreAllMocks());

test('a count is one line in the embedded metric format, and its dimensions are gone with the next', () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  count('OrdersCancelled', { Reason: 'OUT_OF_STOCK' });
  count('OrdersConfirmed');
  count('EventsSwept', {}, 7);
  const lines = written.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
  expect(lines).toEqual([
    expect.objectContaining({ service: 'shop', Reason: 'OUT_OF_STOCK', OrdersCancelled: 1 }),
    expect.objectContaining({ service: 'shop', OrdersConfirmed: 1 }),
    expect.objectContaining({ service: 'shop', EventsSwept: 7 }),
  ]);
  const directives = lines.map((line) => (line['_aws'] as { CloudWatchMetrics: object[] }).CloudWatchMetrics[0]);
  expect(directives).toMatchObject([
    { Namespace: 'Shop', Dimensions: [['service', 'Reason']], Metrics: [{ Name: 'OrdersCancelled' }] },
    { Namespace: 'Shop', Dimensions: [['service']], Metrics: [{ Name: 'OrdersConfirmed' }] },
    { Namespace: 'Shop', Dimensions: [['service']], Metrics: [{ Name: 'EventsSwept' }] },
  ]);
});
