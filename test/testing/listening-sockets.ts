import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { descendantsOf } from '../torture/process-tree.ts';

export interface ListeningSocket {
  readonly host: string;
  readonly port: number;
}

/** State TCP_LISTEN in /proc/net/tcp (include/net/tcp_states.h). */
const LISTEN = '0A';

/** Every TCP socket on which this process or one that it started listens. Linux only: read from /proc. */
export function listeningSockets(rootPid: number = process.pid): ListeningSocket[] {
  const inodes = new Set([rootPid, ...descendantsOf(rootPid)].flatMap(socketInodes));
  const rows = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8').trim().split('\n').slice(1),
  );
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter((columns) => columns[3] === LISTEN && inodes.has(columns[9] ?? ''))
    .map(([, local = '']) => socketOf(local));
}

function socketInodes(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1] ?? [];
    } catch {
      // It was closed since the folder was read.
      return [];
    }
  });
}

/** `0100007F:11D6`: the address in words of the machine's byte order (little-endian on x64 and arm64), then the port. */
function socketOf(local: string): ListeningSocket {
  const [address = '', port = ''] = local.split(':');
  const bytes = (address.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  const host = bytes.length === 4 ? bytes.toReversed().join('.') : `IPv6 ${address}`;
  return { host, port: Number.parseInt(port, 16) };
}
