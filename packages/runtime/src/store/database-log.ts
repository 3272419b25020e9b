import { existsSync, readFileSync } from 'node:fs';
import { StartError } from '../runtime/start-error.ts';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The last bit tells the order of bytes in the words of checksums. */
const MAGIC = 0x377f0682;

/**
 * SQLite ends a log at its first bad frame and says nothing: everything committed behind it is gone. A frame that a
 * power cut tore is the last one, and nobody was told that it is kept; a bad one with good ones behind it is damage.
 * Call it before the database is opened. A log whose very end is damaged looks like an older, shorter one.
 * @see https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 * @throws StartError DATABASE_DAMAGED.
 */
export function requireSoundLog(databaseFile: string): void {
  const file = `${databaseFile}-wal`;
  if (!existsSync(file) || isSound(readFileSync(file))) return;
  const message = `The log ${file} is damaged, and what was accepted last is in it: restore it, or start with --fresh.`;
  throw new StartError('DATABASE_DAMAGED', message);
}

function isSound(log: Buffer): boolean {
  if (log.length < HEADER_BYTES) return true;
  const magic = log.readUInt32BE(0);
  if ((magic & ~1) >>> 0 !== MAGIC) return false;
  const sum = checksumOf(magic === MAGIC);
  let sums = sum(log.subarray(0, 24), [0, 0]);
  if (!equals(sums, log, 24)) return false;
  const frameBytes = FRAME_HEADER_BYTES + log.readUInt32BE(8);
  const isOfThisLog = (at: number): boolean => log.compare(log, 16, 24, at + 8, at + 16) === 0;
  let at = HEADER_BYTES;
  for (; at + frameBytes <= log.length && isOfThisLog(at); at += frameBytes) {
    sums = sum(log.subarray(at + FRAME_HEADER_BYTES, at + frameBytes), sum(log.subarray(at, at + 8), sums));
    if (!equals(sums, log, at + 16)) break;
  }
  for (at += frameBytes; at + frameBytes <= log.length; at += frameBytes) if (isOfThisLog(at)) return false;
  return true;
}

type Sums = readonly [number, number];

function checksumOf(isLittleEndian: boolean): (bytes: Buffer, before: Sums) => Sums {
  return (bytes, [first, second]) => {
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let [a, b] = [first, second];
    for (let at = 0; at < bytes.length; at += 8) {
      a = (a + words.getUint32(at, isLittleEndian) + b) >>> 0;
      b = (b + words.getUint32(at + 4, isLittleEndian) + a) >>> 0;
    }
    return [a, b];
  };
}

function equals([first, second]: Sums, log: Buffer, at: number): boolean {
  return log.readUInt32BE(at) === first && log.readUInt32BE(at + 4) === second;
}
