import { once } from 'node:events';
import { createServer } from 'node:net';
import { openDataFolder, dynoxideBinary, requireCallablePort } from '@order-workflow/runtime';
import type { SystemPorts } from './system.ts';
import { UserError } from './user-error.ts';

/**
 * Finds what would stop the start, before seconds go into a synthesis.
 * @throws UserError, StartError with one line that says what to do.
 */
export async function checkStart(dataFolder: string, ports: SystemPorts): Promise<void> {
  dynoxideBinary();
  openDataFolder(dataFolder).release();
  await checkPort(ports.endpoint, 'AWS endpoint', ports.endpoint);
  await checkPort(ports.httpApi, 'HTTP API', ports.endpoint);
  await checkPort(ports.paymentSandbox, 'payment sandbox', ports.endpoint);
  await checkPort(ports.page, 'page', ports.endpoint);
}

async function checkPort(port: number, user: string, firstPort: number): Promise<void> {
  requireCallablePort(port);
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const advice = `stop what uses it, or choose four other ports with --port (now ${firstPort})`;
    throw new UserError(`Port ${port} of the ${user} cannot be opened (${code}): ${advice}.`, { cause });
  }
  await once(server.close(), 'close');
}
