const TABLE_ENTRIES = 1 << 24; // 64 MB: more than the caches hold
const READS = 200_000;
const ROUNDS = 9;

/**
 * How long a read that misses the caches takes now, in nanoseconds; the median of some rounds. A dozen isolates are
 * bound by it rather than by the clock rate, and neighbours on a shared host double it within minutes: a bench that
 * prints it says what its figures are worth.
 */
export function memoryLatencyNs(): number {
  const next = randomCycle();
  let position = 0;
  const rounds = Array.from({ length: ROUNDS }, () => {
    const startedAt = process.hrtime.bigint();
    // Each read depends on the one before, so that none is begun early.
    for (let read = 0; read < READS; read += 1) position = next[position]!;
    return Number(process.hrtime.bigint() - startedAt) / READS;
  });
  if (position < 0) throw new Error('Read outside of the table');
  return rounds.toSorted((a, b) => a - b)[ROUNDS >> 1]!;
}

/** A table that leads through all of itself, one far jump after the other (full period: Hull and Dobell, 1962). */
function randomCycle(): Int32Array {
  const table = new Int32Array(TABLE_ENTRIES);
  for (let index = 0; index < TABLE_ENTRIES; index += 1) {
    table[index] = (Math.imul(index, 1_664_525) + 1_013_904_223) & (TABLE_ENTRIES - 1);
  }
  return table;
}
