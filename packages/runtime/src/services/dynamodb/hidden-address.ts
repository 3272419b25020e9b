import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

export interface HiddenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * A free address of this machine that nobody can guess: on Linux one of 2^24 loopback hosts, with a random port of it.
 * A web page would have to try some 10^11 of them. Elsewhere only 127.0.0.1 is configured, and the port is all there is
 * to find (decision 21).
 */
export async function hiddenAddress(platform: NodeJS.Platform = process.platform): Promise<HiddenAddress> {
  const host = platform === 'linux' ? randomLoopbackHost() : '127.0.0.1';
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await once(probe.close(), 'close');
  return { host, port };
}

/** Not 127.0.0.x: its first ones are what a page would try. */
function randomLoopbackHost(): string {
  return `127.${randomInt(1, 256)}.${randomInt(256)}.${randomInt(1, 255)}`;
}
