import type { World } from '../good-world.ts';

/** What a bug would leave behind, and the rule that must name it (others may too). */
export type Mutation = readonly [rule: string, bug: string, mutate: (world: World) => unknown];
