import { expect, test } from 'vitest';
import { systemClock } from '@order-workflow/states-language/clock';
import { HttpListener } from '../services/apigateway/http-listener.ts';
import { BLOCKED_PORTS } from './blocked-ports.ts';
import { HttpEndpoint } from './http-endpoint.ts';

test.each([...BLOCKED_PORTS])('fetch refuses port %i without trying, so nobody listens there', async (port) => {
  const refused = await fetch(`http://127.0.0.1:${port}`).then(
    () => undefined,
    (error: TypeError) => (error.cause as Error).message,
  );
  expect(refused).toBe('bad port');
  const line = `Port ${port} is one that fetch and browsers refuse to call; give another one.`;
  await expect(new HttpEndpoint(() => undefined).listen(port)).rejects.toThrow(line);
  await expect(new HttpListener(systemClock).listen(port)).rejects.toThrow(line);
});
