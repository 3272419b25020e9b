import type { IncomingMessage } from 'node:http';
import { AwsError } from '../services/shared/aws-error.ts';

/**
 * The endpoint trusts every caller on this machine, so it must not be reachable by a web page: not through a name
 * that somebody points at 127.0.0.1 (DNS rebinding), and not by a form posted from another site.
 * @throws AwsError with status 421 or 403.
 */
export function requireTrustedHost(request: IncomingMessage): void {
  const host = hostName(request.headers.host ?? '');
  if (!isLoopbackName(host)) {
    throw new AwsError('MisdirectedRequest', `The embedded runtime does not answer for the host "${host}".`, 421);
  }
  const { origin } = request.headers;
  if (origin !== undefined && !isLoopbackName(hostName(origin.replace(/^\w+:\/\//, '')))) {
    throw new AwsError('AccessDeniedException', `The embedded runtime does not answer pages of ${origin}.`, 403);
  }
}

/** `sync-localhost` is what SDKs make of `localhost` for StartSyncExecution and TestState. */
function isLoopbackName(name: string): boolean {
  return (
    name === 'localhost' ||
    name === '127.0.0.1' ||
    name === '[::1]' ||
    name === 'sync-localhost' ||
    name === 'sync-127.0.0.1' ||
    name.endsWith('.localhost')
  );
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}
