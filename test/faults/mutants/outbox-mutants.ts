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
    search: 'const { accepted, rejected } = await this.#publisher.publish(sound);',
    replace: 'const { accepted, rejected } = await this.#publisher.publish([]);',
  },
  {
    name: 'the sweeper leaves marks on what it published',
    file: 'functions/outbox/outbox-sweeper.ts',
    search: 'await this.#table.markPublished(accepted);',
    replace: '',
  },
  {
    name: 'the relay drops what the bus refused',
    file: 'functions/outbox/outbox-relay.ts',
    search: 'if (!(await this.#mark(record))) failed.push(record);',
    replace: 'if (record.row === undefined && !(await this.#mark(record))) failed.push(record);',
  },
  {
    name: 'the relay lets go of what it did not mark',
    file: 'functions/outbox/outbox-relay.ts',
    search: 'await this.#table.markPending(eventId);',
    replace: '',
  },
  {
    name: 'the relay lets go of what it could not mark',
    file: 'functions/outbox/outbox-relay.ts',
    search: "logger.warn('Outbox row not marked', { eventId, errorName: errorNameOf(error) });\n      return false;",
    replace: "logger.warn('Outbox row not marked', { eventId, errorName: errorNameOf(error) });\n      return true;",
  },
  {
    name: 'an event waits where no sweeper looks',
    file: 'functions/outbox/outbox-table.ts',
    search: 'pendingShardOf(eventId),',
    replace: 'QUARANTINE,',
  },
  {
    name: 'publishing again marks nothing',
    file: 'functions/outbox/outbox-republisher.ts',
    search: 'if (await table.markPending(eventId)) marked += 1;',
    replace: "if (eventId === '') marked += 1;",
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
