/** One part of something that is too long to be played as a whole: the parts of `of` days are the whole. */
export interface Sample {
  /** From 1 to `of`. */
  readonly part: number;
  readonly of: number;
}

const DAY_MS = 86_400_000;

/** The part whose turn it is today (UTC). */
export function sampleOfDay(of: number, nowMs = Date.now()): Sample {
  return { part: (Math.floor(nowMs / DAY_MS) % of) + 1, of };
}

/** @param text as `formatSample` writes it, e.g. `3/10`. @throws Error naming what is wrong. */
export function parseSample(text: string): Sample {
  const [, part, of] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (part === undefined || of === undefined || part < 1 || part > of) {
    throw new Error(`A sample is a part of a number of parts, like 3/10; "${text}" is none.`);
  }
  return { part, of };
}

export function formatSample({ part, of }: Sample): string {
  return `${part}/${of}`;
}

export function sampled<Item>(items: readonly Item[], { part, of }: Sample): Item[] {
  return items.filter((_, index) => index % of === part - 1);
}
