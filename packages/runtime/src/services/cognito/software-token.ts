import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** RFC 6238 with what authenticator apps take for granted: SHA-1, steps of 30 seconds, six digits. */
const STEP_SECONDS = 30;
const DIGITS = 6;
/** A clock may be wrong by one step (RFC 6238, 5.2). */
const STEPS_OFF = [0, -1, 1] as const;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new secret, in Base32 (RFC 4648), as a person types it into an app: 160 bits (RFC 4226, 4). */
export function newSecret(): string {
  return [...randomBytes(32)].map((byte) => BASE32[byte % BASE32.length]).join('');
}

/** What an app shows for the secret at that time. */
export function codeAt(secret: string, timeMs: number): string {
  return codeOfStep(secret, stepAt(timeMs));
}

/** The step of time whose code this is, of those around now; undefined when it is none of theirs. */
export function matchingStep(secret: string, code: string, timeMs: number): number | undefined {
  const steps = STEPS_OFF.map((off) => stepAt(timeMs) + off);
  return steps.find((step) => isSame(codeOfStep(secret, step), code));
}

function stepAt(timeMs: number): number {
  return Math.floor(timeMs / 1000 / STEP_SECONDS);
}

/** RFC 4226, 5.3. */
function codeOfStep(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.max(0, step)));
  const digest = createHmac('sha1', bytesOf(secret)).update(counter).digest();
  const number = digest.readUInt32BE(digest.at(-1)! & 0x0f) & 0x7f_ff_ff_ff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

function bytesOf(secret: string): Buffer {
  const bits = [...secret].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/gu) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

function isSame(expected: string, given: string): boolean {
  return /^\d+$/u.test(given) && given.length === DIGITS && timingSafeEqual(Buffer.from(expected), Buffer.from(given));
}
