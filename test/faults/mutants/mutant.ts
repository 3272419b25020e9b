import type { SourcePatch } from '../source-patches.ts';

/** A deliberate bug: what it breaks, and where. */
export interface Mutant extends SourcePatch {
  readonly name: string;
}
