import { randomUUID } from 'node:crypto';

/** An X-Ray trace header for an invocation that came without one; not sampled, because nothing collects traces. */
export function newTraceId(nowMs: number): string {
  const epochSeconds = Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0');
  return `Root=1-${epochSeconds}-${randomHex(24)};Parent=${randomHex(16)};Sampled=0`;
}

/** Up to 32 digits, of which one is no random one. Node keeps random UUIDs in store; bytes it asks the system for. */
function randomHex(digits: number): string {
  return randomUUID().replaceAll('-', '').slice(-digits);
}
