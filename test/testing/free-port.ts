import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below what systems give to whoever asks for any port: nobody else comes by one of these by chance, meanwhile. And below
 * those that campaigns have (test/campaigns), which leave theirs again and again.
 */
const FIRST_PORT = 12_000;
const LAST_PORT = 24_000;

/**
 * A port that was free a moment ago, for a server that must be told its port before it starts.
 * @param inARow so many, and the first of them.
 */
export async function freePort(inARow = 1): Promise<number> {
  for (;;) {
    const first = randomInt(FIRST_PORT, LAST_PORT - inARow);
    const ports = Array.from({ length: inARow }, (_, index) => first + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  await once(server.close(), 'close');
  return true;
}
