import type { Mutant } from './mutant.ts';

/** Bugs in what the shop tells the world, and in what it remembers of its own answers. */
export const OUTBOX_MUTANTS: readonly Mutant[] = [
  {
    name: 'the bus’s refusals are not looked at',
    file: 'functions/outbox/event-publisher.ts',
    search: 'return { accepted: [], rejected: rows.map((row) => ({ row, errorName: errorNameOf(error) })) };',
    replace:
      "return { accepted: rows, rejected: errorNameOf(error) === '' ? [{ row: rows[0]!, errorName: '' }] : [] };",
  },
  {
    name: 'the sweeper sweeps nothing',
    file: 'functions/outbox/outbox-sweeper.ts',
    search: 'const rejected = await publishAndMark(sound, this.#publisher, this.#table);',
    replace: 'const rejected = await publishAndMark([], this.#publisher, this.#table);',
  },
  {
    name: 'published before it is true',
    file: 'functions/platform/outbox.ts',
    search: 'detail: publishedBytes(event, detail),',
    replace: 'detail: publishedBytes(event, detail).replace(\'{\', `{"writtenAt":${Math.random()},`),',
  },
  {
    name: 'all operations share one key prefix',
    file: 'functions/platform/idempotency.ts',
    search: 'keyPrefix: operationName,',
    replace: "keyPrefix: 'shop',",
  },
];
