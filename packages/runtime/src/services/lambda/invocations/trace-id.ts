import { randomBytes } from 'node:crypto';

/** An X-Ray trace header for an invocation that came without one; not sampled, because nothing collects traces. */
export function newTraceId(nowMs: number): string {
  const epochSeconds = Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0');
  const random = randomBytes(20).toString('hex');
  return `Root=1-${epochSeconds}-${random.slice(0, 24)};Parent=${random.slice(24)};Sampled=0`;
}
